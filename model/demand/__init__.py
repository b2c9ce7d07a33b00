"""From children to new plans: requests, assessment, the pool without a plan."""
