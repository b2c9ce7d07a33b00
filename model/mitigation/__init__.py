"""What mitigations change: inputs of the model, amounts of budget lines, and what they cost."""
