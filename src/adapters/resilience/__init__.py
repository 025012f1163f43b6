"""
What to do when something does not answer: pauses before the next attempt, and a circuit breaker.

Lives here: the one retry policy and the one circuit breaker.

May import it: entrypoints and, unlike other adapters, its siblings.
"""

from parlour.adapters.resilience.circuit_breaker import CircuitBreaker
from parlour.adapters.resilience.retrying import keep_running, retry_until_done

__all__ = ["CircuitBreaker", "keep_running", "retry_until_done"]
