import Console
import KubernetesModel
import Provisioner

/// What a Lease tells of who leads.
struct LeadershipReport: Encodable {
    /// Whether somebody leads.
    enum State: String, Encodable {
        /// The Lease is held and was renewed in time.
        case leading
        /// It is held, but was not renewed in time: its holder is gone or frozen, and is about to be replaced.
        case expired
        /// Nobody holds it.
        case released
    }

    let apiVersion = "holdfast.io/v1alpha1"
    let kind = "Leadership"
    var lease: String
    var state: State
    var leader: String?
    var since: String?
    var renewed: String?
    var leaseDurationSeconds: Int64
    var terms: Int64
    /// The connections to Ceph by which the leader, or a predecessor that has not been barred yet, may write; nil if the
    /// Lease's annotation cannot be read.
    var cephClients: [Client]?

    struct Client: Encodable {
        var fsid: String
        var address: String
    }

    /// What is wrong with the Lease, beside that nobody leads; nil if nothing is.
    var problem: String?
    private var silence: Duration?

    private enum CodingKeys: String, CodingKey {
        case apiVersion, kind, lease, state, leader, since, renewed, leaseDurationSeconds, terms, cephClients, problem
    }

    /// The report of a Lease at a moment. The holder's clock and this one's are taken to agree within seconds.
    init(of lease: Lease, now: Timestamp) {
        self.lease = "\(lease.key)"
        leader = lease.holder
        since = lease.acquireTime?.rfc3339
        renewed = lease.renewTime?.rfc3339
        leaseDurationSeconds = lease.durationSeconds ?? 0
        terms = lease.transitions + 1
        do {
            cephClients = try lease.cephClients().sorted().map { Client(fsid: $0.fsid, address: $0.address) }
        } catch {
            problem = "\(error)"
        }
        silence = lease.renewTime.map { .microseconds(now.microseconds - $0.microseconds) }
        if lease.holder == nil {
            state = .released
        } else {
            state = (silence ?? .seconds(Int64.max)) > .seconds(leaseDurationSeconds) ? .expired : .leading
        }
    }

    /// Why nobody leads, or who does, in words.
    var explanation: String {
        switch state {
        case .leading: "\(leader ?? "") leads since \(since ?? "")"
        case .expired: "\(leader ?? "") has not renewed the Lease \(lease) for \(ago)"
        case .released: "the Lease \(lease) was released"
        }
    }

    /// The report as people read it.
    var table: Table {
        var table = Table("lease", "leader", "since", "renewed", "terms", "ceph clients", "state")
        let style: Style = state == .leading ? .good : .bad
        table.append([
            .init(lease), .init(leader ?? ""), .init(since ?? ""), .init("\(ago) ago"), .init("\(terms)"),
            .init(cephClients.map { "\($0.count)" } ?? "?"), .init(state.rawValue, style),
        ])
        return table
    }

    private var ago: String {
        guard let seconds = silence.map({ max(0, $0.components.seconds) }) else { return "an unknown time" }
        if seconds < 120 { return "\(seconds)s" }
        return seconds < 7_200 ? "\(seconds / 60)m" : "\(seconds / 3_600)h"
    }
}
