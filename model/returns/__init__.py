"""What a run says in the tables of the department's returns."""
