/// The options of the cluster: what is set centrally, and what daemons run with where they told.
///
/// A daemon's own `ceph.conf` goes before the central configuration, so an option's value is what a daemon runs with if
/// that is known, else the central one, else Ceph's default. Ask through a ``KnownOption``:
/// `configuration[.monMaxPGPerOSD]`.
public struct CephConfiguration: Hashable, Sendable, Codable {
    /// An option that is set centrally. Source: `ceph config dump`.
    public struct Entry: Hashable, Sendable, Codable {
        /// Whom it is for: `global`, `mon`, `osd`, `osd.3`, `client.rgw`.
        public var section: String
        /// Narrows that to a part of the tree or a class: `host:node-1`, `class:ssd`, `rack:a/class:hdd`; empty for all.
        public var mask: String
        /// The option.
        public var name: String
        /// Its value; nil when it was withheld, because options of this name may hold a secret.
        public var value: String?

        /// An option that is set.
        public init(section: String, mask: String = "", name: String, value: String?) {
            self.section = section
            self.mask = mask
            self.name = name
            self.value = value
        }
    }

    /// What is set centrally; nil when it could not be read.
    public var central: [Entry]?
    /// What daemons run with, by daemon (`mon.a`) and option; only ``KnownOption``s, and only what is neither Ceph's
    /// default nor from the central configuration.
    public var running: [String: [String: String]]

    /// Options; without any, all have Ceph's defaults.
    public init(central: [Entry]? = [], running: [String: [String: String]] = [:]) {
        self.central = central
        self.running = running
    }
}

extension CephConfiguration {
    /// Where a value comes from.
    public enum Source: Hashable, Sendable {
        /// Ceph's default: nobody has set it.
        case standard
        /// The central configuration, in this section.
        case central(section: String)
        /// What this daemon runs with, from its own file, command line or environment, or as it worked out itself.
        case running(daemon: String)
    }

    /// What an option is, and where that comes from.
    public struct Setting<Value: Hashable & Sendable>: Hashable, Sendable {
        /// The value.
        public var value: Value
        /// Where it comes from.
        public var source: Source
    }

    /// What an option is in general: for the kind of daemon that reads it, masks and single daemons left aside.
    public subscript<Value>(option: KnownOption<Value>) -> Value {
        setting(of: option).value
    }

    /// What an option is in general, and where that comes from. A text that is no value of the option counts as unset.
    public func setting<Value>(of option: KnownOption<Value>) -> Setting<Value> {
        if let (daemon, value) = runningValue(of: option) {
            return Setting(value: value, source: .running(daemon: daemon))
        }
        for section in [option.reader.rawValue, "global"] {
            let entries = (central ?? []).filter { $0.name == option.name && $0.section == section && $0.mask.isEmpty }
            if let value = entries.last?.value.flatMap(Value.init(optionText:)) {
                return Setting(value: value, source: .central(section: section))
            }
        }
        return Setting(value: option.standard, source: .standard)
    }

    /// All settings of an option in the central configuration, those for a part of the cluster too.
    public func entries<Value>(of option: KnownOption<Value>) -> [Entry] {
        (central ?? []).filter { $0.name == option.name }
    }

    /// The value that the first daemon (by name) of the option's kind runs with, if any told.
    private func runningValue<Value>(of option: KnownOption<Value>) -> (daemon: String, value: Value)? {
        let prefix = option.reader.rawValue + "."
        for (daemon, options) in running.sorted(by: { $0.key < $1.key }) where daemon.hasPrefix(prefix) {
            if let value = options[option.name].flatMap(Value.init(optionText:)) { return (daemon, value) }
        }
        return nil
    }
}
