import KubernetesModel
import Vocabulary

extension MonitorMap {
    /// The answer to `quorum_status`, and to `mon metadata` where that was allowed.
    ///
    /// - Throws: ``CephAnswerError`` with the field.
    public init(quorumStatus bytes: [UInt8], metadata: [UInt8]?) throws(CephAnswerError) {
        let answer = try Answer(bytes)
        let map = try answer.object("monmap")
        let inQuorum = Set(answer.json["quorum_names"]?.stringsValue ?? [])
        let known = try DaemonMetadata.byName(metadata)
        var monitors: [Monitor] = []
        for entry in try map.objects("mons") {
            let name = try entry.text("name")
            var monitor = Monitor(
                name: name, rank: try entry.number("rank"), addresses: entry.addresses("public_addrs"),
                crushLocation: Self.location(entry.optionalText("crush_location") ?? ""),
                isInQuorum: inQuorum.contains(name), hostname: known[name]?.hostname)
            monitor.pod = known[name]?.pod
            monitor.version = known[name]?.version
            monitors.append(monitor)
        }
        self.init(
            epoch: try map.number("epoch"), monitors: monitors.sorted { $0.rank < $1.rank },
            leader: answer.optionalText("quorum_leader_name"))
        electionStrategy = ElectionStrategy(rawValue: try map.numberOrZero("election_strategy"))
        // Releases from 16 on write this key with a colon and a space at its end.
        let disallowed = map.optionalText("disallowed_leaders") ?? map.optionalText("disallowed_leaders: ") ?? ""
        disallowedLeaders = disallowed.split(separator: ",").map(String.init)
        isStretchMode = map.json["stretch_mode"]?.boolValue ?? false
        tiebreaker = map.optionalText("tiebreaker_mon")
    }

    /// Ceph writes a location as a text inside the JSON: `{datacenter=east,rack=r1}`.
    private static func location(_ text: String) -> [String: String] {
        var result: [String: String] = [:]
        for pair in text.filter({ $0 != "{" && $0 != "}" }).split(separator: ",") {
            let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
            if parts.count == 2 { result[parts[0]] = parts[1] }
        }
        return result
    }
}

extension ManagerMap {
    /// The answer to `mgr dump`, and to `mgr metadata` where that was allowed.
    ///
    /// - Throws: ``CephAnswerError`` with the field.
    public init(mgrDump bytes: [UInt8], metadata: [UInt8]?) throws(CephAnswerError) {
        let answer = try Answer(bytes)
        let known = try DaemonMetadata.byName(metadata)
        func manager(_ name: String, _ addresses: [String]) -> Manager {
            var manager = Manager(name: name, addresses: addresses, hostname: known[name]?.hostname)
            manager.pod = known[name]?.pod
            manager.version = known[name]?.version
            return manager
        }
        var standbys: [Manager] = []
        for standby in try answer.objects("standbys") { standbys.append(manager(try standby.text("name"), [])) }
        self.init(
            epoch: try answer.number("epoch"),
            active: answer.optionalText("active_name").map { manager($0, answer.addresses("active_addrs")) },
            standbys: standbys.sorted { $0.name < $1.name }, modules: answer.json["modules"]?.stringsValue ?? [])
        isAvailable = answer.json["available"]?.boolValue ?? false
    }
}

extension FilesystemMap {
    /// The answer to `fs dump`, and to `mds metadata` where that was allowed.
    ///
    /// - Throws: ``CephAnswerError`` with the field.
    public init(fsDump bytes: [UInt8], metadata: [UInt8]?) throws(CephAnswerError) {
        let answer = try Answer(bytes)
        let known = try DaemonMetadata.byName(metadata)
        func daemon(_ info: Answer) throws(CephAnswerError) -> MDS {
            let name = try info.text("name")
            let rank = try info.number("rank", Int.self)
            var daemon = MDS(
                name: name, rank: rank < 0 ? nil : rank, state: try info.text("state"), hostname: known[name]?.hostname)
            daemon.pod = known[name]?.pod
            return daemon
        }
        self.init()
        for standby in try answer.objects("standbys") { standbys.append(try daemon(standby)) }
        standbys.sort { $0.name < $1.name }
        for entry in try answer.objects("filesystems") {
            let map = try entry.object("mdsmap")
            var filesystem = Filesystem(
                id: try entry.number("id"), name: try map.text("fs_name"),
                metadataPool: PoolID(try map.number("metadata_pool")),
                dataPools: try map.numbers("data_pools", Int64.self).map(PoolID.init),
                wantedRanks: try map.numberOrZero("max_mds"),
                wantedStandbys: max(0, try map.numberOrZero("standby_count_wanted", Int.self)),
                failedRanks: try map.numbers("failed"))
            let infos = try map.object("info")
            for key in infos.json.keys { filesystem.daemons.append(try daemon(infos.object(key))) }
            filesystem.daemons.sort { ($0.rank ?? .max, $0.name) < ($1.rank ?? .max, $1.name) }
            filesystems.append(filesystem)
        }
    }
}

extension ServiceDaemon {
    /// The daemons of the answer to `service dump`, by service and name.
    ///
    /// - Throws: ``CephAnswerError`` with the field.
    public static func list(serviceDump bytes: [UInt8]) throws(CephAnswerError) -> [ServiceDaemon] {
        let services = try Answer(bytes).object("services")
        var result: [ServiceDaemon] = []
        for service in services.json.keys {
            let daemons = try services.object(service).object("daemons")
            for key in daemons.json.keys where daemons.json[key]?.objectValue != nil {
                let metadata = Answer(daemons.json[key]?["metadata"]?.objectValue ?? [:])
                var daemon = ServiceDaemon(
                    service: service, name: metadata.optionalText("id") ?? key,
                    hostname: metadata.optionalText("hostname"))
                daemon.pod = metadata.pod
                daemon.version = metadata.optionalText("ceph_version_short")
                result.append(daemon)
            }
        }
        return result.sorted { ($0.service, $0.name) < ($1.service, $1.name) }
    }
}

/// The answer to `versions`.
public enum DaemonVersions {
    /// How many daemons of a kind run which version; the sum over all kinds is left out.
    ///
    /// - Throws: ``CephAnswerError`` with the field.
    public static func counts(versions bytes: [UInt8]) throws(CephAnswerError) -> [String: [String: Int]] {
        let answer = try Answer(bytes)
        var result: [String: [String: Int]] = [:]
        for kind in answer.json.keys where kind != "overall" {
            let counts = try answer.object(kind)
            for version in counts.json.keys { result[kind, default: [:]][version] = try counts.number(version) }
        }
        return result
    }
}

/// What a daemon told of itself when it started.
private struct DaemonMetadata {
    var hostname: String?
    var pod: DaemonPod?
    var version: String?

    /// The answer to `mon metadata`, `mgr metadata` or `mds metadata`; empty when it was not allowed.
    static func byName(_ bytes: [UInt8]?) throws(CephAnswerError) -> [String: DaemonMetadata] {
        guard let bytes else { return [:] }
        var result: [String: DaemonMetadata] = [:]
        for answer in try Answer.list(bytes) {
            guard let name = answer.optionalText("name") else { continue }
            result[name] = DaemonMetadata(
                hostname: answer.optionalText("hostname"), pod: answer.pod,
                version: answer.optionalText("ceph_version_short"))
        }
        return result
    }
}
