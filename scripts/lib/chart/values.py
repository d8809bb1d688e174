"""Values that the chart has to accept, and values that it has to refuse with a message that names the key at fault."""
from engine import Values

EAST: Values = {"clusterID": "east", "monitors": ["192.0.2.1:6789", "v2:192.0.2.2:3300"]}
WEST: Values = {"clusterID": "west", "monitors": ["192.0.2.9"], "rbd": {"radosNamespace": "kube"}}
CLASS: Values = {"name": "fast", "secret": {"name": "east-user"}, "parameters": {"clusterID": "east", "pool": "rbd"}}


def a_class(**changes: object) -> Values:
    return {"storageClasses": [CLASS | changes]}


ACCEPTED: dict[str, Values] = {
    "nothing at all": {},
    "two clusters": {"cephClusters": [EAST, WEST]},
    "a class": {"cephClusters": [EAST]} | a_class(default=True, reclaimPolicy="Retain"),
    "a class with everything": a_class(
        volumeBindingMode="WaitForFirstConsumer", allowVolumeExpansion=True, mountOptions=["noatime"],
        allowedTopologies=[{"matchLabelExpressions": [{"key": "zone", "values": ["a"]}]}], labels={"a": "b"},
        annotations={"c": "d"}),
    "settings of each type": {"settings": {
        "workers": 1024, "set-metadata": True, "lease-duration": "1m30s", "retry-interval-start": "500ms",
        "pv-source": "rbd", "log-level": "trace", "kube-api-qps": 100}},
    "a name in an older form": {"provisionerName": "ceph.com/rbd"},
    "all in one": {"allInOne": True},
    "a digest": {"image": {"digest": "sha256:" + "0" * 64}},
    "a budget in per cent": {"podDisruptionBudget": {"maxUnavailable": "50%"}},
    "values of a parent chart": {"global": {"anything": 1}},
}

# What is refused, and what the message has to hold.
REFUSED: dict[str, tuple[Values, list[str]]] = {
    "an unknown key": ({"replica": 3}, ["replica"]),
    "an unknown key inside": ({"image": {"name": "x"}}, ["/image", "name"]),
    "no replica": ({"replicas": 0}, ["/replicas"]),
    "replicas as text": ({"replicas": "2"}, ["/replicas"]),
    "a flag that there is not": ({"settings": {"worker": 3}}, ["/settings", "worker"]),
    "a flag with its dashes": ({"settings": {"--workers": 3}}, ["/settings", "--workers"]),
    "a flag that the chart sets": ({"settings": {"ceph-config": "/x"}}, ["/settings", "ceph-config"]),
    "leadership switched off": ({"settings": {"leader-elect": False}}, ["/settings", "leader-elect"]),
    "too many workers": ({"settings": {"workers": 2000}}, ["/settings/workers"]),
    "a time without a unit": ({"settings": {"lease-duration": "15"}}, ["/settings/lease-duration"]),
    "a level that there is not": ({"settings": {"log-level": "verbose"}}, ["/settings/log-level"]),
    "a name in kubernetes.io": ({"provisionerName": "kubernetes.io/rbd"}, ["/provisionerName"]),
    "a name that is none": ({"provisionerName": "-x"}, ["/provisionerName"]),
    "a binding that there is not": ({"binding": "fast"}, ["/binding"]),
    "a cluster without monitors": ({"cephClusters": [{"clusterID": "a"}]}, ["/cephClusters/0", "monitors"]),
    "a cluster with no monitor": ({"cephClusters": [{"clusterID": "a", "monitors": []}]}, ["/cephClusters/0/monitors"]),
    "a long clusterID": ({"cephClusters": [EAST | {"clusterID": "a" * 37}]}, ["/cephClusters/0/clusterID"]),
    "a clusterID twice": ({"cephClusters": [EAST, EAST]}, ["clusterID east", "twice"]),
    "clusters beside a ConfigMap": (
        {"cephClusters": [EAST], "cephConfig": {"existingConfigMap": "ceph-csi-config"}},
        ["cephClusters", "cephConfig.existingConfigMap"]),
    "a key in the values": ({"cephCredentials": {"userKey": "AQ=="}}, ["/cephCredentials", "userKey"]),
    "a key in a class": (a_class(secret={"name": "a", "key": "AQ=="}), ["/storageClasses/0/secret", "key"]),
    "a user with its client.": ({"cephCredentials": {"id": "client.admin"}}, ["/cephCredentials/id"]),
    "all Secrets of a namespace": ({"secrets": [{"namespace": "a"}]}, ["/secrets/0", "names"]),
    "no Secret by name": ({"secrets": [{"namespace": "a", "names": []}]}, ["/secrets/0/names"]),
    "every Secret": ({"secrets": [{"namespace": "a", "names": ["*"]}]}, ["/secrets/0/names/0"]),
    "a class without parameters": ({"storageClasses": [{"name": "a"}]}, ["/storageClasses/0", "parameters"]),
    "a parameter that is no text": (a_class(parameters={"imageFormat": 2}), ["/storageClasses/0/parameters/imageFormat"]),
    "an empty parameter": (a_class(parameters={"pool": ""}), ["/storageClasses/0/parameters/pool"]),
    "a reclaim policy that there is not": (a_class(reclaimPolicy="Recycle"), ["/storageClasses/0/reclaimPolicy"]),
    "a class's name in capitals": (a_class(name="Fast"), ["/storageClasses/0/name"]),
    "a class twice": ({"storageClasses": [CLASS, CLASS]}, ["storageClasses", "fast", "twice"]),
    "two default classes": (
        {"storageClasses": [CLASS | {"default": True}, CLASS | {"name": "slow", "default": True}]},
        ["storageClasses", "fast, slow"]),
    "a class of another cluster": ({"cephClusters": [WEST]} | a_class(), ["fast", "clusterID east", "west"]),
    "a port that needs root": ({"healthPort": 80}, ["/healthPort"]),
    "a probe's unknown time": ({"probes": {"liveness": {"initialDelay": 3}}}, ["/probes/liveness", "initialDelay"]),
    "a budget of none": ({"podDisruptionBudget": {"maxUnavailable": 0}}, ["/podDisruptionBudget/maxUnavailable"]),
    "a digest that is none": ({"image": {"digest": "latest"}}, ["/image/digest"]),
    "an account without a name": ({"serviceAccount": {"create": False}}, ["serviceAccount.name"]),
    "a label that is no text": ({"labels": {"a": 1}}, ["/labels/a"]),
}
