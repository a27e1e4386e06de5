"""Verifies and signs with Authlib what standard input asks for, and answers on standard output, both in JSON."""
import json
import sys

from authlib.jose import JsonWebKey, JsonWebToken
from authlib.jose.errors import JoseError


def verify(job):
    required = {
        "iss": {"essential": True, "value": job["issuer"]},
        "aud": {"essential": True, "value": job["audience"]},
        "exp": {"essential": True},
    }
    keys = JsonWebKey.import_key_set(job["jwks"])
    try:
        claims = JsonWebToken([job["algorithm"]]).decode(job["token"], keys, claims_options=required)
        claims.validate()
        return claims
    except JoseError as error:
        return {"refused": error.error}


def sign(job):
    header = {"alg": job["algorithm"], "kid": job["jwk"]["kid"]}
    key = JsonWebKey.import_key(job["jwk"])
    return JsonWebToken([job["algorithm"]]).encode(header, job["payload"], key).decode()


asked = json.load(sys.stdin)
json.dump({"verified": [verify(job) for job in asked["verify"]], "signed": [sign(job) for job in asked["sign"]]}, sys.stdout)
