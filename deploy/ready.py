"""Wait until an address answers 200: for units and containers that are only up when they do their work.

ready.py URL [SECONDS]    tries for so long (0: once); exit code 0 when it answers, 1 when it does not
"""

import sys
import time
import urllib.request


def answers(url: str) -> bool:
    """Whether a GET is answered with 200 within four seconds."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # never through a proxy of the environment
    try:
        with opener.open(url, timeout=4) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def main(url: str, seconds: float) -> int:
    """The exit code."""
    end = time.monotonic() + seconds
    while not answers(url):
        if time.monotonic() >= end:
            print(f"{url} does not answer 200")
            return 1
        time.sleep(0.2)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 0.0))
