"""A small Kubernetes client for load: client certificates, keep-alive, threads."""
import http.client
import json
import ssl
import threading
import urllib.parse

import yaml


class API:
    """Where the API server is, and with which certificate it is asked."""

    def __init__(self, kubeconfig):
        with open(kubeconfig) as file:
            config = yaml.safe_load(file)
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        self.url = urllib.parse.urlparse(cluster["server"])
        self.tls = ssl.create_default_context(cafile=cluster["certificate-authority"])
        self.tls.load_cert_chain(user["client-certificate"], user["client-key"])

    def connection(self, timeout=60):
        return http.client.HTTPSConnection(self.url.hostname, self.url.port, context=self.tls, timeout=timeout)

    def call(self, connection, method, path, body=None):
        payload = None if body is None else json.dumps(body)
        connection.request(method, path, body=payload, headers={"Content-Type": "application/json"})
        response = connection.getresponse()
        text = response.read()
        if response.status >= 300:
            raise RuntimeError(f"{method} {path}: {response.status} {text[:300]!r}")
        return json.loads(text)

    def parallel(self, threads, items, work):
        """`work(connection, item)` for each item, by so many threads; the first error ends all."""
        queue, lock, errors = iter(items), threading.Lock(), []

        def loop():
            connection = self.connection()
            while not errors:
                with lock:
                    item = next(queue, None)
                if item is None:
                    return
                try:
                    work(connection, item)
                except Exception as error:  # noqa: BLE001 - handed to the caller below
                    errors.append(error)

        workers = [threading.Thread(target=loop) for _ in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        if errors:
            raise errors[0]

    def events(self, path, resource_version, deadline_seconds):
        """The events of a watch, one after the other."""
        connection = self.connection(timeout=deadline_seconds)
        query = f"watch=1&resourceVersion={resource_version}&timeoutSeconds={deadline_seconds}"
        connection.request("GET", f"{path}?{query}")
        for line in connection.getresponse():
            yield json.loads(line)
        raise TimeoutError(f"the watch of {path} ended before what was waited for happened")
