"""Officers in their own chats: notices out, orders in, and what happens as time passes."""
