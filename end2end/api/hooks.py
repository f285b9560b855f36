"""What a generator of requests cannot know: which deploys there are, and how a callback is signed.

Half of what is generated is left as it is, so that strangers and nonsense keep coming, too.
"""

import base64
import hashlib
import hmac
import json
import os
import random
import time
import urllib.request
import uuid

import schemathesis

CONSOLE = os.environ["CONSOLE_URL"]
TOKEN = os.environ["CONSOLE_TOKEN"]
SECRET = os.environ["DEPLOY_CALLBACK_HMAC_SECRET"].encode()
PLACES = [
    (app, environment)
    for app in ("storefront", "billing-api")
    for environment in ("production", "staging")
]
STATUSES = (
    "smoke_gate_started",
    "smoke_gate_passed",
    "freeze_check_started",
    "freeze_check_passed",
    "building",
    "deploying",
    "succeeded",
    "failed",
)
CHOICE = random.Random(7)


def deploy_somewhere():
    app, environment = CHOICE.choice(PLACES)
    body = json.dumps({"app": app, "environment": environment, "git_ref": "main"}).encode()
    headers = {
        "authorization": f"Bearer {TOKEN}",
        "content-type": "application/json",
        "idempotency-key": str(uuid.uuid4()),
    }
    request = urllib.request.Request(f"{CONSOLE}/api/internal/deploys", body, headers)
    try:
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)["id"]
    except urllib.error.HTTPError as error:
        # One is under way there already: that one, then.
        return json.load(error)["active_deploy_id"]


def is_about_a_deploy(context):
    return "{id}" in context.operation.path


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    if is_about_a_deploy(context) and CHOICE.random() < 0.5:
        path_parameters["id"] = deploy_somewhere()
    return path_parameters


@schemathesis.hook
def map_body(context, body):
    if not isinstance(body, dict) or CHOICE.random() < 0.5:
        return body
    if context.operation.path == "/api/internal/deploys":
        app, environment = CHOICE.choice(PLACES)
        return {**body, "app": app, "environment": environment, "git_ref": "main"}
    return body


@schemathesis.hook
def before_call(context, case, kwargs):
    if not case.path.endswith("/callback") or CHOICE.random() < 0.25:
        return
    if isinstance(case.body, dict) and isinstance(case.path_parameters, dict):
        status = CHOICE.choice([*STATUSES, case.body.get("status")])
        case.body = {**case.body, "console_deploy_id": case.path_parameters.get("id"), "status": status}
    try:
        body = json.dumps(case.body).encode()
    except TypeError:
        return
    delivery, now = str(uuid.uuid4()), str(int(time.time()))
    signed = hmac.new(SECRET, f"{delivery}.{now}.".encode() + body, hashlib.sha256).digest()
    case.headers.update(
        {
            "webhook-id": delivery,
            "webhook-timestamp": now,
            "webhook-signature": "v1," + base64.b64encode(signed).decode(),
        }
    )
    kwargs["data"] = body
    kwargs.pop("json", None)
    case.headers["content-type"] = "application/json"
