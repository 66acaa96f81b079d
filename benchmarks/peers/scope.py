"""What every Python peer is told on its command line's environment: the database, and the partner it answers for."""

import os
from uuid import UUID

DATABASE_URL = os.environ["PEER_DATABASE_URL"]
CLOUD = "global"
PARTNER_ID = UUID(os.environ["PEER_PARTNER_ID"])
ACTOR_ID = UUID(os.environ["PEER_ACTOR_ID"])
POOL_SIZE = 10
"""As many connections as Clientela's compiled plans have."""
