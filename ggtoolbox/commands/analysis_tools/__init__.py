"""What models, runs and papers come to."""
