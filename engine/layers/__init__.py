"""Our own Keras layers. Importing a module in here imports Keras: do so only where a network is built or opened."""
