"""What has been published of every authority, January by January, and what of it was known when."""
