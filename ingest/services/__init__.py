"""What the commands of this room do."""
