import KubernetesModel

/// Whether the machines that are left have room for the pods of one that is lost.
///
/// Pods are placed by falling size, each on the first machine that takes it. When all are placed, that is a proof.
/// When one is not, it is a proof only where no order could help: the pod is larger than any machine's room, or all
/// pods together than all room. Else another order might do, and preemption might.
struct SurvivorPacking: Sendable {
    /// What an unplaced pod lacked.
    enum Obstacle: String, Hashable, Sendable {
        case room
        /// Selector, taints or affinity leave no machine, however empty.
        case rules
    }

    /// What came of one lost machine.
    struct Outcome: Sendable {
        var lost: String
        /// How many pods must move.
        var moved: Int
        var unplaced: [(pod: ObjectKey, obstacle: Obstacle)]
        /// Whether no other order could place them.
        var isProven: Bool
        /// Requests of what must move, and what the others have free.
        var cpu: (needed: Double, free: Double)
        var memory: (needed: Double, free: Double)

        /// Pods that found no room.
        var withoutRoom: [ObjectKey] { unplaced.filter { $0.obstacle == .room }.map(\.pod) }
    }

    private struct Demand {
        var cpu: Double
        var memory: Double
        var ports: [Int64]
    }

    private struct Room {
        var cpu: Double
        var memory: Double
        var pods: Int
        var ports: Set<Int64>

        func takes(_ demand: Demand) -> Bool {
            demand.cpu <= cpu && demand.memory <= memory && pods > 0 && ports.isDisjoint(with: demand.ports)
        }

        mutating func take(_ demand: Demand) {
            cpu -= demand.cpu
            memory -= demand.memory
            pods -= 1
            ports.formUnion(demand.ports)
        }
    }

    private let view: KubernetesView
    private let rooms: [Room]
    private let demands: [Demand]
    private let membersByNode: [String: [Int]]
    private let peers: [String: [(label: String, members: [Int])]]

    init(_ view: KubernetesView) {
        self.view = view
        demands = view.members.map { member in
            Demand(
                cpu: Self.request("cpu", of: member.spec), memory: Self.request("memory", of: member.spec),
                ports: member.spec.hostPorts)
        }
        membersByNode = Dictionary(
            grouping: view.members.indices.filter { view.members[$0].node != nil }, by: { view.members[$0].node ?? "" })
        var rooms = view.machines.map { machine in
            Room(
                cpu: machine.cpu ?? .infinity, memory: machine.memory ?? .infinity, pods: machine.podLimit ?? .max,
                ports: [])
        }
        for (index, machine) in view.machines.enumerated() {
            for member in membersByNode[machine.name] ?? [] { rooms[index].take(demands[member]) }
        }
        self.rooms = rooms
        peers = Self.peers(view)
    }

    /// What happens when each machine is lost, one at a time.
    func losingEach() -> [Outcome] { view.machines.map { losing($0.name) } }

    /// What happens when a machine is lost. A machine that is not there loses nothing.
    func losing(_ name: String) -> Outcome {
        let moving = (membersByNode[name] ?? []).filter { moves(view.members[$0]) }
        let left = view.machines.indices.filter { view.machines[$0].name != name && view.machines[$0].takesPods }
        var rooms = rooms
        var placed = view.members.indices.reduce(into: [Int: String]()) { result, member in
            if let node = view.members[member].node, node != name { result[member] = node }
        }
        var outcome = Outcome(
            lost: name, moved: moving.count, unplaced: [], isProven: false,
            cpu: (moving.reduce(0) { $0 + demands[$1].cpu }, left.reduce(0) { $0 + max(0, self.rooms[$1].cpu) }),
            memory: (
                moving.reduce(0) { $0 + demands[$1].memory }, left.reduce(0) { $0 + max(0, self.rooms[$1].memory) }
            ))
        outcome.isProven = outcome.cpu.needed > outcome.cpu.free || outcome.memory.needed > outcome.memory.free
        let largest =
            outcome.cpu.needed / max(1, outcome.cpu.free) > outcome.memory.needed / max(1, outcome.memory.free)
        let order = moving.sorted {
            largest ? demands[$0].cpu > demands[$1].cpu : demands[$0].memory > demands[$1].memory
        }
        for member in order {
            let pod = view.members[member]
            let admitted = left.filter { Scheduling.admits(pod.spec, on: view.machines[$0]) }
            let closed = closedDomains(to: member, placed)
            let allowed = admitted.filter { index in
                closed.allSatisfy { term in
                    view.machines[index].labels[term.label].map { !term.domains.contains($0) } ?? true
                }
            }
            if let home = allowed.first(where: { rooms[$0].takes(demands[member]) }) {
                rooms[home].take(demands[member])
                placed[member] = view.machines[home].name
            } else {
                outcome.unplaced.append((pod.key, allowed.isEmpty ? .rules : .room))
                if !allowed.isEmpty, !allowed.contains(where: { self.rooms[$0].takes(demands[member]) }) {
                    outcome.isProven = true
                }
            }
        }
        return outcome
    }

    /// Whether a pod comes up elsewhere when its machine is gone: one with a controller, that is not tied to the machine.
    private func moves(_ member: KubernetesView.Member) -> Bool {
        if member.isStatic || member.owner.hasPrefix("DaemonSet ") || member.owner.hasPrefix("Pod ") { return false }
        return !member.claims.contains { view.volumeOfClaim[$0]?.isLocal ?? false }
    }

    /// Domains that a pod's required anti-affinity keeps it out of, by the label that they are told by.
    private func closedDomains(to member: Int, _ placed: [Int: String]) -> [(label: String, domains: Set<String>)] {
        (peers[view.members[member].owner] ?? []).map { term in
            let domains = term.members.compactMap { peer -> String? in
                guard peer != member, let node = placed[peer], let home = view.machineByName[node] else { return nil }
                return view.machines[home].labels[term.label]
            }
            return (term.label, Set(domains))
        }
    }

    /// For each owner whose pods keep apart from others: the label of the domains, and the pods kept apart from.
    private static func peers(_ view: KubernetesView) -> [String: [(label: String, members: [Int])]] {
        var result: [String: [(label: String, members: [Int])]] = [:]
        for member in view.members where result[member.owner] == nil {
            guard let terms = member.spec.affinity?.requiredAntiAffinity, !terms.isEmpty else { continue }
            result[member.owner] = terms.map { term in
                let meant = view.members.indices.filter {
                    Scheduling.means(term, view.members[$0], own: member.key.namespace)
                }
                return (term.topologyKey, meant)
            }
        }
        return result
    }

    private static func request(_ resource: String, of spec: PodSpec) -> Double {
        do {
            return try spec.request(resource).doubleValue
        } catch {
            // No quantity: the API server admits none, only a file made by hand has it.
            return 0
        }
    }
}

extension PersistentVolume {
    /// Whether it is on one machine's own disk.
    var isLocal: Bool { json["spec", "local"] != nil || json["spec", "hostPath"] != nil }
}
