"""A small Kubernetes client for load: client certificates, keep-alive, threads."""
import base64
import http.client
import json
import ssl
import threading
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor

from . import labs


class API:
    """Where the API server is, and with which certificate it is asked. A connection a thread, kept open."""

    def __init__(self, kubeconfig):
        # kubectl reads YAML, Python's own library does not.
        config = json.loads(labs.run("kubectl", "--kubeconfig", kubeconfig, "config", "view", "--raw", "-o", "json"))
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        self.url = urllib.parse.urlparse(cluster["server"])
        authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
        self.tls = ssl.create_default_context(cadata=authority)
        self.tls.load_cert_chain(user["client-certificate"], user["client-key"])
        self.own = threading.local()

    def connection(self, timeout=60):
        return http.client.HTTPSConnection(self.url.hostname, self.url.port, context=self.tls, timeout=timeout)

    def call(self, method, path, body=None):
        """One request; the answer, decoded. Anything but a 2xx is a RuntimeError."""
        if not hasattr(self.own, "connection"):
            self.own.connection = self.connection()
        payload = None if body is None else json.dumps(body)
        self.own.connection.request(method, path, body=payload, headers={"Content-Type": "application/json"})
        response = self.own.connection.getresponse()
        text = response.read()
        if response.status >= 300:
            raise RuntimeError(f"{method} {path}: {response.status} {text[:300]!r}")
        return json.loads(text)

    def parallel(self, threads, items, work):
        """`work(item)` for each item, by so many threads; an error is raised when the rest has ended."""
        with ThreadPoolExecutor(threads) as pool:
            for done in [pool.submit(work, item) for item in items]:
                done.result()

    def version(self, path):
        """The resourceVersion from which a watch of `path` sees what happens from now on."""
        return self.call("GET", f"{path}?limit=1")["metadata"]["resourceVersion"]

    def events(self, path, resource_version, deadline_seconds):
        """The events of a watch, one after the other. The server closes a watch that is read too slowly, as happens
        while sixteen threads of this process write: it goes on from the last event then."""
        ends = time.monotonic() + deadline_seconds
        while time.monotonic() < ends:
            connection = self.connection(timeout=deadline_seconds)
            query = f"watch=1&resourceVersion={resource_version}&timeoutSeconds={deadline_seconds}"
            connection.request("GET", f"{path}?{query}")
            for line in connection.getresponse():
                event = json.loads(line)
                if event["type"] == "ERROR":
                    raise RuntimeError(f"the watch of {path} ended: {event['object'].get('message')}")
                resource_version = event["object"]["metadata"]["resourceVersion"]
                yield event
        raise TimeoutError(f"what was waited for in {path} has not happened within {deadline_seconds} s")
