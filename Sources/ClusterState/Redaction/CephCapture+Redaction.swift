import CRUSH
import FoundationEssentials
import Vocabulary

extension CephCapture {
    /// The capture without names and addresses.
    func redacted(_ pseudonyms: inout Pseudonyms) -> CephCapture {
        var result = self
        result.osdMapBytes = nil
        result.osdMap.redact(&pseudonyms)
        result.osdMetadata = osdMetadata?.map { $0.redacted(&pseudonyms) }
        result.monitors?.redact(&pseudonyms)
        result.managers?.redact(&pseudonyms)
        result.filesystems?.redact(&pseudonyms)
        result.services = services?.map { daemon in
            var daemon = daemon
            daemon.name = pseudonyms.name(daemon.name, "daemon")
            daemon.hostname = daemon.hostname.map { pseudonyms.host($0) }
            daemon.pod = daemon.pod?.redacted(&pseudonyms)
            return daemon
        }
        result.poolUsage = poolUsage?.map { usage in
            var usage = usage
            usage.name = pseudonyms.name(usage.name, "pool")
            return usage
        }
        result.configuration.redact(&pseudonyms)
        for index in result.health?.checks.indices ?? 0..<0 {
            result.health?.checks[index].summary = ""
            result.health?.checks[index].details = []
        }
        return result
    }
}

extension OSDMap {
    fileprivate mutating func redact(_ pseudonyms: inout Pseudonyms) {
        fsid = OSDEntry.noUUID
        crush.redact(&pseudonyms)
        for id in pools.keys.sorted() {
            guard var pool = pools[id] else { continue }
            pool.name = pseudonyms.name(pool.name, "pool")
            pool.erasureCodeProfile = pseudonyms.name(pool.erasureCodeProfile, "profile")
            pool.applications = pool.applications.mapValues { entries in
                entries.mapValues { pseudonyms.name($0, "value") }
            }
            for index in pool.snapshots.indices { pool.snapshots[index].name = "snapshot-\(index + 1)" }
            pools[id] = pool
        }
        var profiles: [String: [String: String]] = [:]
        for (name, entries) in erasureCodeProfiles.sorted(by: { $0.key < $1.key }) {
            profiles[pseudonyms.name(name, "profile")] = entries.filter { Self.profileKeys.contains($0.key) }
        }
        erasureCodeProfiles = profiles
        for index in osds.indices {
            osds[index].uuid = OSDEntry.noUUID
            osds[index].publicAddresses.redact(&pseudonyms)
            osds[index].clusterAddresses.redact(&pseudonyms)
            osds[index].heartbeatBackAddresses.redact(&pseudonyms)
            osds[index].heartbeatFrontAddresses.redact(&pseudonyms)
        }
        blocklist = Self.redacted(blocklist, &pseudonyms)
        rangeBlocklist = Self.redacted(rangeBlocklist, &pseudonyms)
        clusterSnapshot = ""
    }

    /// The keys of a profile that hold numbers and words of Ceph's own.
    private static let profileKeys: Set<String> = [
        "plugin", "technique", "k", "m", "l", "c", "d", "w", "packetsize", "crush-failure-domain",
        "crush-num-failure-domains", "crush-osds-per-failure-domain", "stripe_unit", "jerasure-per-chunk-alignment",
    ]

    private static func redacted(
        _ list: [EntityAddress: CephTime], _ pseudonyms: inout Pseudonyms
    ) -> [EntityAddress: CephTime] {
        var result: [EntityAddress: CephTime] = [:]
        for (address, time) in list.sorted(by: { ($0.key.endpoint, $0.key.nonce) < ($1.key.endpoint, $1.key.nonce) }) {
            var changed = address
            changed.endpoint = pseudonyms.addresses(in: address.endpoint)
            result[changed] = time
        }
        return result
    }
}

extension [EntityAddress] {
    fileprivate mutating func redact(_ pseudonyms: inout Pseudonyms) {
        for index in indices { self[index].endpoint = pseudonyms.addresses(in: self[index].endpoint) }
    }
}

extension CrushMap {
    /// Buckets become their type and a number, shadows follow theirs; rules become numbers; classes that are not Ceph's
    /// own become numbers.
    fileprivate mutating func redact(_ pseudonyms: inout Pseudonyms) {
        let ownClasses: Set<String> = ["hdd", "ssd", "nvme"]
        for (number, name) in classNames.sorted(by: { $0.key < $1.key }) where !ownClasses.contains(name) {
            classNames[number] = pseudonyms.name(name, "class")
        }
        for (item, name) in itemNames.sorted(by: { $0.key > $1.key }) where item.isBucket {
            let type = bucket(item).flatMap { typeNames[Int32($0.type)] } ?? "bucket"
            let parts = name.split(separator: Self.shadowSeparator, maxSplits: 1).map(String.init)
            guard let first = parts.first else { continue }
            let made = type == "host" ? pseudonyms.host(first) : pseudonyms.name(first, type)
            let own = parts.dropFirst().map { ownClasses.contains($0) ? $0 : pseudonyms.name($0, "class") }
            itemNames[item] = ([made] + own).joined(separator: String(Self.shadowSeparator))
        }
        for (rule, name) in ruleNames.sorted(by: { $0.key < $1.key }) {
            ruleNames[rule] = pseudonyms.name(name, "rule")
        }
    }
}

extension OSDMetadata {
    fileprivate func redacted(_ pseudonyms: inout Pseudonyms) -> OSDMetadata {
        var result = self
        result.hostname = hostname.map { pseudonyms.host($0) }
        result.nodeName = nodeName.map { pseudonyms.host($0) }
        result.podName = podName.map { pseudonyms.name($0, "pod") }
        result.podNamespace = podNamespace.map { pseudonyms.name($0, "namespace") }
        result.containerName = containerName.map { pseudonyms.name($0, "container") }
        result.frontAddress = frontAddress.map { pseudonyms.addresses(in: $0) }
        result.backAddress = backAddress.map { pseudonyms.addresses(in: $0) }
        return result
    }
}

extension DaemonPod {
    fileprivate func redacted(_ pseudonyms: inout Pseudonyms) -> DaemonPod {
        var result = self
        result.name = name.map { pseudonyms.name($0, "pod") }
        result.namespace = namespace.map { pseudonyms.name($0, "namespace") }
        result.node = node.map { pseudonyms.host($0) }
        return result
    }
}

extension MonitorMap {
    fileprivate mutating func redact(_ pseudonyms: inout Pseudonyms) {
        for index in monitors.indices {
            var monitor = monitors[index]
            monitor.name = pseudonyms.name(monitor.name, "mon")
            monitor.addresses = monitor.addresses.map { pseudonyms.addresses(in: $0) }
            monitor.crushLocation = Dictionary(
                uniqueKeysWithValues: monitor.crushLocation.sorted { $0.key < $1.key }.map { type, name in
                    (type, type == "host" ? pseudonyms.host(name) : pseudonyms.name(name, type))
                })
            monitor.hostname = monitor.hostname.map { pseudonyms.host($0) }
            monitor.pod = monitor.pod?.redacted(&pseudonyms)
            monitors[index] = monitor
        }
        leader = leader.map { pseudonyms.name($0, "mon") }
        tiebreaker = tiebreaker.map { pseudonyms.name($0, "mon") }
        disallowedLeaders = disallowedLeaders.map { pseudonyms.name($0, "mon") }
    }
}

extension ManagerMap {
    fileprivate mutating func redact(_ pseudonyms: inout Pseudonyms) {
        func changed(_ manager: Manager, _ pseudonyms: inout Pseudonyms) -> Manager {
            var manager = manager
            manager.name = pseudonyms.name(manager.name, "mgr")
            manager.addresses = manager.addresses.map { pseudonyms.addresses(in: $0) }
            manager.hostname = manager.hostname.map { pseudonyms.host($0) }
            manager.pod = manager.pod?.redacted(&pseudonyms)
            return manager
        }
        active = active.map { changed($0, &pseudonyms) }
        standbys = standbys.map { changed($0, &pseudonyms) }
    }
}

extension FilesystemMap {
    fileprivate mutating func redact(_ pseudonyms: inout Pseudonyms) {
        func changed(_ daemon: MDS, _ pseudonyms: inout Pseudonyms) -> MDS {
            var daemon = daemon
            daemon.name = pseudonyms.name(daemon.name, "mds")
            daemon.hostname = daemon.hostname.map { pseudonyms.host($0) }
            daemon.pod = daemon.pod?.redacted(&pseudonyms)
            return daemon
        }
        standbys = standbys.map { changed($0, &pseudonyms) }
        for index in filesystems.indices {
            filesystems[index].name = pseudonyms.name(filesystems[index].name, "filesystem")
            filesystems[index].daemons = filesystems[index].daemons.map { changed($0, &pseudonyms) }
        }
    }
}

extension CephConfiguration {
    fileprivate mutating func redact(_ pseudonyms: inout Pseudonyms) {
        central = central?.map { entry in
            var entry = entry
            entry.section = Self.daemon(entry.section, &pseudonyms)
            entry.mask = Self.mask(entry.mask, &pseudonyms)
            entry.value = entry.value.flatMap { Self.isPlain($0) ? $0 : nil }
            return entry
        }
        var changed: [String: [String: String]] = [:]
        for (daemon, options) in running.sorted(by: { $0.key < $1.key }) {
            changed[Self.daemon(daemon, &pseudonyms)] = options.filter { Self.isPlain($0.value) }
        }
        running = changed
    }

    /// `mon.a` and `client.rgw.store` with a pseudonym for the name; `osd.3` and `global` as they are.
    private static func daemon(_ name: String, _ pseudonyms: inout Pseudonyms) -> String {
        let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
        guard parts.count == 2, parts[0] != "osd" else { return name }
        return "\(parts[0]).\(pseudonyms.name(parts[1], parts[0]))"
    }

    /// `host:node-1/class:ssd` with pseudonyms for the places; classes stay.
    private static func mask(_ mask: String, _ pseudonyms: inout Pseudonyms) -> String {
        mask.split(separator: "/").map { part in
            let parts = part.split(separator: ":", maxSplits: 1).map(String.init)
            guard parts.count == 2, parts[0] != "class" else { return String(part) }
            return "\(parts[0]):\(parts[0] == "host" ? pseudonyms.host(parts[1]) : pseudonyms.name(parts[1], parts[0]))"
        }.joined(separator: "/")
    }

    /// Whether a value is a number, a switch, or one word of Ceph's own.
    private static func isPlain(_ value: String) -> Bool {
        let words: Set<String> = [
            "on", "off", "warn", "wpq", "mclock_scheduler", "balanced", "high_client_ops", "high_recovery_ops",
            "custom",
            "osd", "host", "chassis", "rack", "row", "room", "datacenter", "zone", "region", "root",
        ]
        return Double(value) != nil || Int(optionText: value) != nil || Bool(optionText: value) != nil
            || words.contains(value)
    }
}
