import ArgumentParser

/// The options by which every Ceph tool is told which cluster to talk to, and as whom. They fill in what neither the
/// class's Secret nor `--ceph-config` says.
struct CephOptions: ParsableArguments {
    @Option(
        name: [.customShort("c"), .long],
        help: ArgumentHelp(
            "The Ceph configuration file. Default: CEPH_CONF, else /etc/ceph/<cluster>.conf.", valueName: "file"))
    var conf: String?

    @Option(
        help: ArgumentHelp(
            "The cephx user without \"client.\". Default: from CEPH_ARGS, else admin.", valueName: "id"))
    var id: String?

    @Option(help: ArgumentHelp("The cephx user with its type, client.admin for example.", valueName: "name"))
    var name: String?

    @Option(
        name: [.customShort("k"), .long],
        help: ArgumentHelp(
            "The file with the user's key. Default: CEPH_KEYRING, else what the configuration says.", valueName: "file")
    )
    var keyring: String?

    @Option(help: ArgumentHelp("The name that Ceph's usual files begin with.", valueName: "name"))
    var cluster = "ceph"

    @Option(
        help: ArgumentHelp(
            "ceph-csi's config.json: clusterIDs with their monitors. Without it a class's clusterID must be the fsid "
                + "of the cluster of --conf.", valueName: "file"))
    var cephConfig: String?

    mutating func validate() throws {
        if id != nil, name != nil { throw ValidationError("--id and --name say the same thing; give one of them") }
        if let name, !name.hasPrefix("client.") || name == "client." {
            throw ValidationError("--name \(name): only client.<id> can make images")
        }
        if let id, id.isEmpty || id.hasPrefix("client.") {
            throw ValidationError("--id \(id): give the user without \"client.\", or use --name")
        }
    }

    /// The cephx user without its type; nil if the command line names none.
    var user: String? { id ?? name.map { String($0.dropFirst("client.".count)) } }

    /// Whether the command line says as whom to talk to Ceph, and not the classes' Secrets.
    var namesCredentials: Bool { user != nil || keyring != nil }
}
