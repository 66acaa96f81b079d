"""From an Authorization header to a principal: any OpenID Connect issuer, and the development one."""
