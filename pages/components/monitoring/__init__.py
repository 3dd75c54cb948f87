"""What the Monitoring page is made of."""
