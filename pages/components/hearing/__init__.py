"""What the Feedback page is made of."""
