import ClusterState
import KubernetesModel
import Resilience

/// Pods that are of one kind and stand in for each other, with where they really run.
struct Workload: Sendable {
    /// `Deployment`, `StatefulSet`, `DaemonSet`, `StaticPods`, or the kind of an operator's own resource.
    var kind: String
    var key: ObjectKey
    /// How many pods there should be.
    var replicas: Int
    /// Labels of its pods.
    var labels: [String: String]
    /// What its pods look like.
    var template: PodSpec
    /// The pods that there are, by name.
    var members: [KubernetesView.Member]
    /// The system that it is, where its labels tell.
    var system: NamedSystem?
    /// Whether a new pod may come before an old one goes, when it is rolled.
    var surges = false
    /// The names of the claims that each pod gets.
    var claimTemplates: [String] = []

    /// `Deployment openstack/keystone-api`.
    var description: String { "\(kind) \(key)" }

    /// As a finding's subject.
    var subject: Finding.Subject { Finding.Subject(kind.lowercased(), key.description) }

    /// Whether its pods stand in for each other: more than one is wanted, and not one a node.
    var isReplicated: Bool { replicas >= 2 && kind != "DaemonSet" && kind != "Job" && kind != "Pod" }

    /// The pods that run on a node and are ready.
    var ready: [KubernetesView.Member] { members.filter { $0.isReady && $0.node != nil } }

    /// The nodes that its ready pods are on, each once.
    var nodes: Set<String> { Set(ready.compactMap(\.node)) }

    /// Whether the cluster hangs on it: a named system, or a priority that only such pods get.
    var isCritical: Bool {
        if let system, system.need != nil { return true }
        return template.priorityClassName == "system-cluster-critical"
    }

    /// The members that must live for it to serve; nil where one is not asked, such as for a DaemonSet.
    var needed: Int? {
        guard kind != "DaemonSet", kind != "Job", kind != "Pod", replicas > 0 else { return nil }
        return system?.need == .majority ? replicas / 2 + 1 : 1
    }

    /// How many ready members are left without these nodes.
    func survivors(without lost: Set<String>) -> Int {
        ready.reduce(0) { $0 + ($1.node.map(lost.contains) ?? true ? 0 : 1) }
    }

    /// Whether the loss of these nodes stops it. What is down already is not counted against the nodes.
    func stops(without lost: Set<String>) -> Bool {
        guard let needed, ready.count >= needed else { return false }
        return survivors(without: lost) < needed
    }

    /// The nodes whose loss stops it, each alone.
    var fatalNodes: [String] { nodes.filter { stops(without: [$0]) }.sorted() }

    /// Where each pod runs, for evidence.
    var placement: Finding.Evidence {
        let places = members.map { "\($0.key.name) on \($0.node ?? "no node")\($0.isReady ? "" : ", not ready")" }
        return Finding.Evidence("pods", places.isEmpty ? "none" : places.limited(to: 12).joined(separator: "; "))
    }

    /// What kubectl calls it: `-n openstack deployment/keystone-api`.
    var kubectlName: String { "-n \(key.namespace ?? "default") \(kind.lowercased())/\(key.name)" }
}

extension Workload {
    /// All workloads, by kind and name: the declared ones, and pods that something else keeps.
    static func all(in capture: KubernetesCapture, members: [KubernetesView.Member]) -> [Workload] {
        let byOwner = Dictionary(grouping: members, by: \.owner)
        var result: [Workload] = []
        func add(_ kind: String, _ key: ObjectKey, _ replicas: Int, _ template: PodTemplate) -> Workload {
            let pods = byOwner["\(kind) \(key.namespace ?? "")/\(key.name)"] ?? []
            let labels = template.metadata.labels
            return Workload(
                kind: kind, key: key, replicas: replicas, labels: labels, template: template.spec, members: pods,
                system: NamedSystem(labels: labels))
        }
        for deployment in capture.deployments ?? [] {
            var workload = add("Deployment", deployment.key, Int(deployment.replicas), deployment.template)
            let surge = deployment.maxSurge ?? .percent(25)
            workload.surges =
                deployment.strategy == "RollingUpdate" && surge.count(of: deployment.replicas) > 0
            result.append(workload)
        }
        for set in capture.statefulSets ?? [] {
            var workload = add("StatefulSet", set.key, Int(set.replicas), set.template)
            workload.claimTemplates = set.claimTemplateNames
            result.append(workload)
        }
        for set in capture.daemonSets ?? [] {
            result.append(add("DaemonSet", set.key, Int(set.desiredCount), set.template))
        }
        let declared = Set(result.map { "\($0.kind) \($0.key.namespace ?? "")/\($0.key.name)" })
        for (owner, pods) in byOwner where !declared.contains(owner) {
            guard let workload = Workload(keptElsewhere: owner, pods) else { continue }
            result.append(workload)
        }
        return result.sorted { ($0.key, $0.kind) < ($1.key, $1.kind) }
    }

    /// Pods whose workload is not in the capture, taken for what their first one looks like.
    private init?(keptElsewhere owner: String, _ pods: [KubernetesView.Member]) {
        guard let first = pods.first, let blank = owner.firstIndex(of: " "), let slash = owner.lastIndex(of: "/") else {
            return nil
        }
        self.init(
            kind: String(owner[..<blank]),
            key: ObjectKey(namespace: first.key.namespace, name: String(owner[owner.index(after: slash)...])),
            replicas: pods.count, labels: first.labels, template: first.spec, members: pods,
            system: NamedSystem(labels: first.labels))
    }
}

extension [String] {
    /// The first so many, and how many more there are.
    func limited(to limit: Int) -> [String] {
        count <= limit ? self : Array(prefix(limit)) + ["and \(count - limit) more"]
    }
}
