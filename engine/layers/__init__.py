"""Our own Keras layers. Importing a module in here imports Keras: do so only where a network is built or opened."""

MOMENTUM = 0.9
"""Of batch normalisation. Keras's 0.99 would need hundreds of steps to learn the averages; small tables have fewer."""
