import KubernetesModel
import Testing

/// What the kinds that place pods say, field by field, and what they say where a field is missing.
@Suite struct WorkloadTests {
    /// An accessor on a piece of an object, and what it says.
    struct Reading: Sendable, CustomStringConvertible {
        var description: String
        var given: JSONObject
        var says: @Sendable (JSONObject) throws -> Bool

        init(_ description: String, _ given: JSONObject, _ says: @escaping @Sendable (JSONObject) throws -> Bool) {
            self.description = description
            self.given = given
            self.says = says
        }
    }

    static let workloads = [
        Reading("a Deployment has one pod unless it says otherwise", [:]) {
            let deployment = Deployment(json: $0)
            return deployment.replicas == 1 && deployment.readyReplicas == 0 && deployment.strategy == "RollingUpdate"
                && deployment.maxSurge == nil && deployment.selector == nil
        },
        Reading(
            "a Deployment's roll-out",
            [
                "spec": [
                    "replicas": 4, "selector": ["matchLabels": ["app": "a"]],
                    "strategy": ["type": "RollingUpdate", "rollingUpdate": ["maxSurge": "25%", "maxUnavailable": 0]],
                ],
                "status": ["readyReplicas": 3],
            ]
        ) {
            let deployment = Deployment(json: $0)
            return deployment.replicas == 4 && deployment.readyReplicas == 3 && deployment.maxSurge == .percent(25)
                && deployment.maxUnavailable == .count(0) && deployment.selector?.matches(["app": "a"]) == true
        },
        Reading(
            "a StatefulSet's claims and Service",
            [
                "spec": [
                    "replicas": 0, "serviceName": "db",
                    "volumeClaimTemplates": [["metadata": ["name": "data"]], ["metadata": ["name": "log"]]],
                ]
            ]
        ) {
            let set = StatefulSet(json: $0)
            return set.replicas == 0 && set.serviceName == "db" && set.claimTemplateNames == ["data", "log"]
        },
        Reading("a DaemonSet's counts", ["status": ["desiredNumberScheduled": 5, "numberReady": 4]]) {
            DaemonSet(json: $0).desiredCount == 5 && DaemonSet(json: $0).readyCount == 4
        },
        Reading(
            "a ReplicaSet's owner, not any owner",
            [
                "metadata": [
                    "ownerReferences": [
                        ["kind": "Other", "name": "o", "uid": "1"],
                        ["kind": "Deployment", "name": "d", "uid": "2", "controller": true],
                    ]
                ]
            ]
        ) { ReplicaSet(json: $0).controller?.name == "d" },
        Reading(
            "a budget",
            [
                "spec": ["selector": [:], "minAvailable": "50%", "maxUnavailable": 1],
                "status": ["expectedPods": 3, "currentHealthy": 2, "desiredHealthy": 2, "disruptionsAllowed": 0],
            ]
        ) {
            let budget = PodDisruptionBudget(json: $0)
            return budget.selector?.isEmpty == true && budget.minAvailable == .percent(50)
                && budget.maxUnavailable == .count(1) && budget.expectedPods == 3 && budget.currentHealthy == 2
                && budget.desiredHealthy == 2 && budget.disruptionsAllowed == 0
        },
        Reading("a budget without a selector means nobody", ["spec": ["minAvailable": 1]]) {
            PodDisruptionBudget(json: $0).selector == nil && PodDisruptionBudget(json: $0).disruptionsAllowed == nil
        },
        Reading("a priority", ["value": 1_000_000, "globalDefault": true, "preemptionPolicy": "Never"]) {
            let priority = PriorityClass(json: $0)
            return priority.value == 1_000_000 && priority.isGlobalDefault && !priority.preempts
        },
        Reading("a priority drives out others by default", [:]) { PriorityClass(json: $0).preempts },
        Reading("a ConfigMap", ["data": ["config.json": "[]"]]) { ConfigMap(json: $0).data == ["config.json": "[]"] },
    ]

    static let pods = [
        Reading("a pod that waits", ["spec": ["nodeName": ""], "status": ["phase": "Pending"]]) {
            let pod = Pod(json: $0)
            return pod.nodeName == nil && !pod.isReady && !pod.isFinished && pod.addresses.isEmpty && !pod.isStatic
        },
        Reading(
            "a pod that runs",
            [
                "spec": ["nodeName": "n1"],
                "status": [
                    "phase": "Running", "hostIP": "10.0.0.1", "podIP": "10.1.0.1",
                    "podIPs": [["ip": "10.1.0.1"], ["ip": "fd00::1"]],
                    "conditions": [["type": "Ready", "status": "True"]],
                ],
            ]
        ) {
            let pod = Pod(json: $0)
            return pod.nodeName == "n1" && pod.isReady && pod.addresses == ["10.1.0.1", "fd00::1"]
                && pod.hostAddress == "10.0.0.1"
        },
        Reading("a pod that is not ready", ["status": ["conditions": [["type": "Ready", "status": "False"]]]]) {
            !Pod(json: $0).isReady
        },
        Reading("a pod that has ended", ["status": ["phase": "Succeeded"]]) { Pod(json: $0).isFinished },
        Reading("a static pod", ["metadata": ["annotations": ["kubernetes.io/config.mirror": "x"]]]) {
            Pod(json: $0).isStatic
        },
        Reading(
            "what a pod mounts and takes",
            [
                "spec": [
                    "hostNetwork": true, "priorityClassName": "high", "priority": 7,
                    "nodeSelector": ["disk": "ssd"],
                    "volumes": [
                        ["name": "a", "persistentVolumeClaim": ["claimName": "c1"]], ["name": "b", "ephemeral": [:]],
                        ["name": "c", "hostPath": ["path": "/var/lib"]], ["name": "d", "configMap": ["name": "m"]],
                    ],
                    "containers": [
                        ["name": "one", "image": "i:1", "ports": [["hostPort": 80], ["containerPort": 81]]]
                    ],
                ]
            ]
        ) {
            let spec = Pod(json: $0).spec
            return spec.claimNames == ["c1"] && spec.ephemeralVolumes == ["b"] && spec.hostPaths == ["/var/lib"]
                && spec.configMapNames == ["m"] && spec.hostPorts == [80] && spec.usesHostNetwork
                && spec.priorityClassName == "high" && spec.priority == 7 && spec.nodeSelector == ["disk": "ssd"]
                && spec.containerNames == ["one"] && spec.images == ["i:1"] && !spec.hasLivenessProbe
        },
        Reading(
            "what a pod wants near it and away from it",
            [
                "spec": [
                    "affinity": [
                        "podAntiAffinity": [
                            "requiredDuringSchedulingIgnoredDuringExecution": [
                                ["topologyKey": "kubernetes.io/hostname", "labelSelector": ["matchLabels": ["a": "b"]]]
                            ],
                            "preferredDuringSchedulingIgnoredDuringExecution": [
                                ["weight": 50, "podAffinityTerm": ["topologyKey": "zone", "namespaces": ["n"]]]
                            ],
                        ],
                        "nodeAffinity": [
                            "requiredDuringSchedulingIgnoredDuringExecution": [
                                "nodeSelectorTerms": [
                                    ["matchExpressions": [["key": "disk", "operator": "In", "values": ["ssd"]]]]
                                ]
                            ]
                        ],
                    ],
                    "topologySpreadConstraints": [
                        ["maxSkew": 2, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway"]
                    ],
                ]
            ]
        ) {
            let spec = Pod(json: $0).spec
            let required = spec.affinity?.requiredAntiAffinity.first
            let preferred = spec.affinity?.preferredAntiAffinity.first
            return required?.topologyKey == "kubernetes.io/hostname" && required?.weight == nil
                && required?.labelSelector?.matches(["a": "b"]) == true && preferred?.weight == 50
                && preferred?.namespaces == ["n"] && spec.affinity?.requiredAffinity.isEmpty == true
                && spec.affinity?.requiredNodeTerms?.count == 1
                && spec.topologySpreadConstraints.map(\.maxSkew) == [2]
                && spec.topologySpreadConstraints.map(\.isRequired) == [false]
        },
    ]

    static let services = [
        Reading(
            "a Service", ["spec": ["selector": ["app": "a"], "clusterIP": "10.96.0.1", "type": "NodePort"]]
        ) {
            let service = KubernetesService(json: $0)
            return service.selector == ["app": "a"] && service.clusterIP == "10.96.0.1" && service.type == "NodePort"
        },
        Reading("a headless Service", ["spec": ["clusterIP": "None", "publishNotReadyAddresses": true]]) {
            let service = KubernetesService(json: $0)
            return service.clusterIP == nil && service.publishesNotReadyAddresses && service.type == "ClusterIP"
        },
        Reading(
            "who answers for a Service",
            [
                "metadata": ["labels": ["kubernetes.io/service-name": "s"]],
                "endpoints": [
                    ["addresses": ["10.1.0.1"], "nodeName": "n1", "targetRef": ["kind": "Pod", "name": "p"]],
                    ["addresses": ["10.1.0.2"], "conditions": ["ready": false]],
                ],
            ]
        ) {
            let slice = EndpointSlice(json: $0)
            return slice.serviceName == "s" && slice.endpoints.map(\.isReady) == [true, false]
                && slice.endpoints[0].target?.name == "p" && slice.endpoints[0].nodeName == "n1"
        },
        Reading(
            "a webhook",
            [
                "webhooks": [
                    [
                        "name": "v", "timeoutSeconds": 3,
                        "clientConfig": ["service": ["namespace": "ops", "name": "hooks"]],
                        "namespaceSelector": ["matchExpressions": [["key": "skip", "operator": "DoesNotExist"]]],
                        "rules": [
                            [
                                "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"],
                                "operations": ["CREATE"],
                            ]
                        ],
                    ]
                ]
            ]
        ) {
            guard let hook = ValidatingWebhookConfiguration(json: $0).webhooks.first else { return false }
            return hook.failsClosed && hook.timeoutSeconds == 3 && hook.service?.name == "hooks" && hook.url == nil
                && hook.namespaceSelector?.matches(["skip": "1"]) == false
                && hook.rules[0].covers(group: "", resource: "pods", operation: "CREATE")
                && !hook.rules[0].covers(group: "", resource: "pods", operation: "DELETE")
                && !hook.rules[0].covers(group: "apps", resource: "pods", operation: "CREATE")
        },
        Reading(
            "a webhook that is asked by URL and may be missing",
            ["webhooks": [["failurePolicy": "Ignore", "clientConfig": ["url": "https://h"]]]]
        ) {
            let hook = MutatingWebhookConfiguration(json: $0).webhooks.first
            return hook?.failsClosed == false && hook?.url == "https://h" && hook?.timeoutSeconds == 10
        },
        Reading("a definition without conversion", ["spec": ["conversion": ["strategy": "None"]]]) {
            let definition = CustomResourceDefinition(json: $0)
            return !definition.hasConversionWebhook && definition.conversionService == nil
        },
        Reading(
            "a node",
            [
                "metadata": ["name": "n1", "labels": ["kubernetes.io/hostname": "h1"]],
                "spec": ["taints": [["key": "k", "value": "v", "effect": "NoSchedule"]]],
                "status": [
                    "allocatable": ["cpu": "7500m"], "capacity": ["cpu": "8"],
                    "addresses": [
                        ["type": "InternalIP", "address": "10.0.0.1"], ["type": "Hostname", "address": "h1"],
                    ],
                ],
            ]
        ) {
            let node = Node(json: $0)
            let (cpu, memory) = (try node.allocatable("cpu"), try node.allocatable("memory"))
            return node.hostname == "h1" && !node.isReady && !node.isUnschedulable
                && node.taints == [Taint(key: "k", value: "v", effect: "NoSchedule")]
                && node.addresses("InternalIP") == ["10.0.0.1"] && node.addresses().count == 2
                && cpu?.doubleValue == 7.5 && memory == nil
        },
    ]

    @Test(arguments: workloads + pods + services) func whatAnObjectSays(_ reading: Reading) throws {
        #expect(try reading.says(reading.given))
    }

    /// What a pod takes of a node, as the scheduler counts it.
    @Test(
        arguments: [
            ([:], "0"),
            (
                [
                    "containers": [
                        ["resources": ["requests": ["cpu": "500m"]]], ["resources": ["limits": ["cpu": "1"]]],
                    ]
                ], "1.5"
            ),
            (["containers": [[:]], "initContainers": [["resources": ["requests": ["cpu": "2"]]]]], "2"),
            (
                [
                    "containers": [["resources": ["requests": ["cpu": "1"]]]],
                    "initContainers": [["restartPolicy": "Always", "resources": ["requests": ["cpu": "1"]]]],
                    "overhead": ["cpu": "250m"],
                ], "2.25"
            ),
            (
                [
                    "initContainers": [
                        ["restartPolicy": "Always", "resources": ["requests": ["cpu": "1"]]],
                        ["resources": ["requests": ["cpu": "3"]]],
                    ]
                ], "4"
            ),
        ] as [(JSONObject, String)])
    func requestsAreCountedAsTheSchedulerDoes(_ spec: JSONObject, _ cpu: String) throws {
        #expect(try PodSpec(json: spec).request("cpu") == Quantity(cpu))
    }

    /// Labels, a demand on them, and whether it is met.
    @Test(
        arguments: [
            (["key": "a", "operator": "In", "values": ["1", "2"]], true),
            (["key": "a", "operator": "In", "values": ["2"]], false),
            (["key": "x", "operator": "In", "values": ["1"]], false),
            (["key": "x", "operator": "NotIn", "values": ["1"]], true),
            (["key": "a", "operator": "NotIn", "values": ["1"]], false), (["key": "a", "operator": "Exists"], true),
            (["key": "x", "operator": "DoesNotExist"], true), (["key": "a", "operator": "Gt", "values": ["0"]], true),
            (["key": "a", "operator": "Lt", "values": ["1"]], false), (["key": "a", "operator": "Like"], false),
            (["key": "a", "operator": "Gt", "values": []], false),
        ] as [(JSONObject, Bool)])
    func demandsOnLabels(_ demand: JSONObject, _ isMet: Bool) {
        let selector = LabelSelector(json: ["matchExpressions": [.object(demand)]])
        #expect(selector.matches(["a": "1"]) == isMet)
    }

    /// Taints and what tolerates them.
    @Test(
        arguments: [
            (["operator": "Exists"], true), ([:], false), (["key": "k", "operator": "Exists"], true),
            (["key": "k", "value": "v"], true), (["key": "k", "value": "w"], false),
            (["key": "k", "operator": "Exists", "effect": "NoExecute"], false),
            (["key": "k", "operator": "Exists", "effect": "NoSchedule"], true),
            (["key": "x", "operator": "Exists"], false),
        ] as [(JSONObject, Bool)])
    func tolerations(_ toleration: JSONObject, _ tolerates: Bool) {
        #expect(Toleration(json: toleration).tolerates(Taint(key: "k", value: "v", effect: "NoSchedule")) == tolerates)
    }

    /// A share of a whole, up and down.
    @Test(arguments: [
        (IntOrPercent.count(2), Int64(5), Int64(2), Int64(2)), (.percent(50), 5, 3, 2), (.percent(25), 3, 1, 0),
        (.percent(100), 7, 7, 7), (.percent(0), 7, 0, 0),
    ])
    func shares(_ share: IntOrPercent, _ total: Int64, _ up: Int64, _ down: Int64) {
        #expect(share.count(of: total) == up && share.count(of: total, roundingUp: false) == down)
    }
}
