"""Verifies and signs with PyJWT what standard input asks for, and answers on standard output, both in JSON."""
import json
import sys

import jwt
from jwt.api_jwk import PyJWKSet


def verify(job):
    key = next(key for key in PyJWKSet.from_dict(job["jwks"]).keys if key.key_id == job["kid"])
    try:
        return jwt.decode(
            job["token"],
            key.key,
            algorithms=[job["algorithm"]],
            audience=job["audience"],
            issuer=job["issuer"],
            options={"require": ["exp", "iat", "sub", "jti"]},
        )
    except jwt.InvalidTokenError as error:
        return {"refused": type(error).__name__}


def sign(job):
    key = jwt.get_algorithm_by_name(job["algorithm"]).from_jwk(json.dumps(job["jwk"]))
    return jwt.encode(job["payload"], key, algorithm=job["algorithm"], headers={"kid": job["jwk"]["kid"]})


asked = json.load(sys.stdin)
json.dump({"verified": [verify(job) for job in asked["verify"]], "signed": [sign(job) for job in asked["sign"]]}, sys.stdout)
