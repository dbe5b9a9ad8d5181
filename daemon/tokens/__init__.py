from daemon.tokens.book import Refused, TokenBook
from daemon.tokens.file import Token, Tokens, TokensDamaged, hashed, keep, read

__all__ = ["Refused", "Token", "TokenBook", "Tokens", "TokensDamaged", "hashed", "keep", "read"]
