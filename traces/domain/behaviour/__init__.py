"""What an agent did, derived from its tree: states, handoffs, loops, retries, fallbacks, context, waits for people."""
