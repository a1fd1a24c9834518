"""The checkout: what is bought, at which price, and Klarna's widget with the order button."""
