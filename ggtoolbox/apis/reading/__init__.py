"""What a user hands to :class:`~ggtoolbox.apis.Inferencer`, and what it hands back."""
