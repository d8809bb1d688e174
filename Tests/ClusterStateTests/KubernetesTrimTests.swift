import ClusterState
import KubernetesModel
import Testing

/// What is left of an object that is kept: what analyses need, and nothing that may hold a secret.
@Suite struct KubernetesTrimTests {
    /// The fields of a container that stay, and what must not.
    private static let container: JSONObject = [
        "name": "db", "image": "mariadb:10.6", "command": ["sh", "-c", "hunter2"], "args": ["--password=hunter2"],
        "env": [["name": "PASSWORD", "value": "hunter2"]], "envFrom": [["secretRef": ["name": "hunter2"]]],
        "resources": ["requests": ["cpu": "2"]], "volumeMounts": [["name": "hunter2"]],
        "lifecycle": ["preStop": ["exec": ["command": ["hunter2"]]]], "ports": [["hostPort": 3306]],
        "livenessProbe": ["periodSeconds": 5, "exec": ["command": ["mysqladmin", "-phunter2"]]],
    ]

    private static let metadata: JSONObject = [
        "name": "x", "namespace": "n", "uid": "u", "labels": ["app": "db"],
        "managedFields": [["manager": "hunter2"]],
        "annotations": [
            "kubectl.kubernetes.io/last-applied-configuration": "hunter2", "kubernetes.io/config.mirror": "yes",
        ],
    ]

    private static let podSpec: JSONObject = [
        "nodeName": "node-1", "hostNetwork": true, "containers": [.object(container)],
        "initContainers": [.object(container)], "ephemeralContainers": [.object(container)],
        "volumes": [["name": "data", "persistentVolumeClaim": ["claimName": "data-db-0"]]],
        "tolerations": [["operator": "Exists"]],
    ]

    @Test func aPodKeepsWhatPlacesItAndWhatItNeeds() throws {
        let pod = KubernetesTrim.trimmed(
            Pod(json: [
                "metadata": .object(Self.metadata), "spec": .object(Self.podSpec),
                "status": [
                    "phase": "Running", "podIP": "10.0.0.1", "conditions": [["type": "Ready", "status": "True"]],
                    "containerStatuses": [["state": ["terminated": ["message": "hunter2"]]]],
                ],
            ]))
        #expect(!pod.json.description.contains("hunter2"))
        #expect(pod.metadata.name == "x" && pod.metadata.labels == ["app": "db"] && pod.isStatic)
        #expect(pod.nodeName == "node-1" && pod.isReady && pod.addresses == ["10.0.0.1"])
        #expect(try pod.spec.request("cpu") == Quantity("2"))
        #expect(pod.spec.claimNames == ["data-db-0"] && pod.spec.hostPorts == [3306] && pod.spec.hasLivenessProbe)
        #expect(pod.spec.tolerations.count == 1 && pod.spec.usesHostNetwork && pod.spec.images == ["mariadb:10.6"])
    }

    @Test func templatesOfWorkloadsAreTrimmedLikePods() {
        let json: JSONObject = [
            "metadata": .object(Self.metadata),
            "spec": [
                "replicas": 3, "selector": ["matchLabels": ["app": "db"]],
                "template": ["metadata": .object(Self.metadata), "spec": .object(Self.podSpec)],
            ],
            "status": ["readyReplicas": 2],
        ]
        func check(_ trimmed: JSONObject, _ template: PodTemplate) {
            #expect(!trimmed.description.contains("hunter2"))
            #expect(template.metadata.labels == ["app": "db"] && template.spec.containerNames == ["db"])
            #expect(trimmed["spec", "replicas"] == 3 && trimmed["status", "readyReplicas"] == 2)
        }
        let deployment = KubernetesTrim.trimmed(Deployment(json: json))
        check(deployment.json, deployment.template)
        let set = KubernetesTrim.trimmed(StatefulSet(json: json))
        check(set.json, set.template)
        let daemons = KubernetesTrim.trimmed(DaemonSet(json: json))
        check(daemons.json, daemons.template)
        let replicas = KubernetesTrim.trimmed(ReplicaSet(json: json))
        check(replicas.json, replicas.template)
    }

    @Test func aNodeLosesItsImages() throws {
        let node = KubernetesTrim.trimmed(
            Node(json: [
                "metadata": .object(Self.metadata), "spec": ["unschedulable": true],
                "status": [
                    "allocatable": ["cpu": "8"], "capacity": ["cpu": "9"],
                    "addresses": [["type": "InternalIP", "address": "10.0.0.1"]],
                    "conditions": [["type": "Ready", "status": "True"]], "images": [["names": ["hunter2"]]],
                    "volumesInUse": ["hunter2"],
                ],
            ]))
        #expect(!node.json.description.contains("hunter2"))
        #expect(try node.allocatable("cpu") == Quantity("8") && node.isUnschedulable && node.isReady)
        #expect(node.addresses() == ["10.0.0.1"])
    }

    @Test func webhooksLoseTheirCertificates() {
        let hooks: JSONObject = [
            "metadata": .object(Self.metadata),
            "webhooks": [
                [
                    "name": "v.example", "failurePolicy": "Ignore",
                    "clientConfig": ["caBundle": "hunter2", "service": ["namespace": "ops", "name": "hooks"]],
                ]
            ],
        ]
        let validating = KubernetesTrim.trimmed(ValidatingWebhookConfiguration(json: hooks))
        let mutating = KubernetesTrim.trimmed(MutatingWebhookConfiguration(json: hooks))
        for webhook in [validating.webhooks.first, mutating.webhooks.first] {
            #expect(webhook?.service == ObjectKey(namespace: "ops", name: "hooks") && webhook?.failsClosed == false)
            #expect(webhook?.json.description.contains("hunter2") == false)
        }
    }

    @Test func aDefinitionKeepsItsConversionAlone() {
        let definition = KubernetesTrim.trimmed(
            CustomResourceDefinition(json: [
                "metadata": .object(Self.metadata),
                "spec": [
                    "group": "example.org", "scope": "Cluster", "names": ["plural": "things"],
                    "versions": [["schema": ["openAPIV3Schema": ["description": "hunter2"]]]],
                    "conversion": [
                        "strategy": "Webhook",
                        "webhook": [
                            "clientConfig": ["caBundle": "hunter2", "service": ["namespace": "ops", "name": "hooks"]]
                        ],
                    ],
                ],
                "status": ["storedVersions": ["hunter2"]],
            ]))
        #expect(!definition.json.description.contains("hunter2"))
        #expect(definition.conversionService == ObjectKey(namespace: "ops", name: "hooks"))
        #expect(definition.json["spec", "group"] == "example.org")
    }

    @Test func whatHasNothingToTrimStaysAsItIs() {
        let claim = PersistentVolumeClaim(name: "data", namespace: "db")
        #expect(KubernetesTrim.trimmed(claim) == claim)
        #expect(KubernetesTrim.trimmed(Pod(json: [:])).json["spec"] == nil)
    }
}
