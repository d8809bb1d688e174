import ArgumentParser
import Console
import Foundation
import KubernetesModel
import Provisioner
import Vocabulary
import Volumes

/// `holdfast provision`: the provisioner's job without a Kubernetes API.
struct ProvisionCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "provision",
        abstract: "Make the volumes that claims in manifest files ask for, and print their PVs.",
        discussion: """
            Reads StorageClass, Secret and PersistentVolumeClaim manifests, makes an RBD image for each claim of a class \
            of ours, and prints the PersistentVolumes to apply. No Kubernetes API is asked. Running it twice changes \
            nothing: the same images are found again and the same manifests printed.

            Apply the printed PVs before the claims, or a running provisioner makes volumes of its own. A claim without \
            metadata.uid gets a volume named after its namespace and name; give each Kubernetes cluster that shares the \
            pool a --cluster-name of its own then.

            EXAMPLES:
              holdfast provision -f storageclass.yaml secret.yaml claims.yaml | kubectl apply -f -
              holdfast provision -f manifests/ -R --dry-run
              kubectl get sc,secret,pvc -A -o yaml | holdfast provision -f - --ceph-config config.json -o json
              holdfast provision -f manifests/ -c /etc/ceph/ceph.conf --id admin -o table
            """)

    @Option(
        name: [.customShort("f"), .long], parsing: .upToNextOption,
        help: ArgumentHelp("Manifest files, folders, or - for standard input; may be given again.", valueName: "file"))
    var filename: [String]

    @Flag(name: [.customShort("R"), .long], help: "Search folders to the bottom.")
    var recursive = false

    @Option(name: .shortAndLong, help: "The answer: yaml, json, name or table. Default: yaml, and table for a dry run.")
    var output: ProvisionOutput?

    @Flag(help: "Check everything in the files, say what would be made, and touch nothing.")
    var dryRun = false

    @Option(help: "The namespace of claims and Secrets that name none.")
    var namespace = "default"

    @Option(help: "The provisioner whose classes are served; may be given again.")
    var provisionerName: [String] = ["rbd.holdfast.io"]

    @Option(help: "The CSI driver that mounts the volumes.")
    var driverName = "rbd.csi.ceph.com"

    @Option(
        help: "The PVs' source: csi, or rbd for kubelets up to Kubernetes 1.30.",
        completion: .list(names(of: ProvisionerSettings.Source.self)), transform: choice)
    var pvSource: ProvisionerSettings.Source = .csi

    @Option(help: "The instance in ceph-csi's journal; the provisioner's --instance-id.")
    var instanceID = JournalLayout.defaultInstance

    @Option(help: "The Kubernetes cluster's name, noted at the images and part of derived volume names.")
    var clusterName = ""

    @Option(help: ArgumentHelp("How many volumes are made at a time.", valueName: "count"))
    var concurrency = 16

    @Option(help: ArgumentHelp("How long making one volume may take, in seconds.", valueName: "seconds"))
    var timeout = 120

    @OptionGroup(title: "Ceph options") var ceph: CephOptions
    @OptionGroup(title: "Output options") var options: OutputOptions

    var errorForm: Failure.Form { output == .json ? .json : .text }

    mutating func validate() throws {
        guard (1...256).contains(concurrency) else { throw ValidationError("--concurrency must be from 1 to 256") }
        guard (1...86_400).contains(timeout) else { throw ValidationError("--timeout must be from 1 to 86400 seconds") }
        guard !filename.isEmpty else { throw ValidationError("-f needs at least one file") }
        guard !instanceID.isEmpty else { throw ValidationError("--instance-id must not be empty") }
    }

    /// The settings that decide about volumes.
    var settings: ProvisionAgenda.Settings {
        ProvisionAgenda.Settings(
            provisioner: ProvisionerSettings(
                names: provisionerName, driverName: driverName, source: pvSource, setsMetadata: !clusterName.isEmpty,
                clusterName: clusterName),
            usesOwnCredentials: ceph.namesCredentials)
    }

    /// Opens a backend, gives it to the body and closes it afterwards.
    typealias BackendOpener =
        @Sendable (_ body: @escaping @Sendable (any VolumeBackend) async throws -> Void) async throws -> Void

    func perform(in session: Session) async throws {
        let place = CephAccess(options: ceph, environment: session.environment)
        let settings = settings.provisioner
        try await perform(in: session) { [instanceID] body in
            try await place.withBackend(settings: settings, instance: instanceID, body)
        }
    }

    /// Does the work with a backend that is opened when the first volume is to be made.
    func perform(in session: Session, opening backend: @escaping BackendOpener) async throws {
        let files = ManifestFiles(paths: filename, isRecursive: recursive)
        let catalogue = try ManifestCatalogue(
            try files.read(standardInput: session.standardInput), namespace: namespace)
        let agenda = ProvisionAgenda(catalogue, settings: settings)
        try tell(catalogue, agenda, in: session)
        if dryRun {
            try answer(plan: agenda.jobs, in: session)
        } else if agenda.jobs.isEmpty {
            try answer([], in: session)
        } else {
            try await interruptible(session.streams) {
                try await backend { try await make(agenda.jobs, with: $0, in: session) }
            }
        }
    }

    /// Tells what is passed over, and refuses to go on while anything in the files is wrong.
    private func tell(_ catalogue: ManifestCatalogue, _ agenda: ProvisionAgenda, in session: Session) throws {
        let streams = session.streams
        for other in catalogue.others {
            try streams.note("\(other.place): \(other.kind) is of no use here, passed over")
        }
        for skipped in agenda.skipped { try streams.note("claim \(skipped.claim): passed over: \(skipped.reason)") }
        for secret in agenda.missingSecrets.sorted(by: { $0.key < $1.key }) {
            try streams.warn("Secret \(secret.key) is in none of the files; using the credentials of the Ceph options")
        }
        for fault in agenda.faults.dropLast() { try streams.report(Failure(describing: fault), as: errorForm) }
        if let last = agenda.faults.last { throw last }
        if catalogue.claims.isEmpty { try streams.warn("there is no PersistentVolumeClaim in the files") }
    }

    private func make(_ jobs: [ProvisionJob], with backend: any VolumeBackend, in session: Session) async throws {
        let run = ProvisionRun(
            backend: backend, settings: settings.provisioner, concurrency: concurrency, timeout: .seconds(timeout),
            streams: session.streams)
        let outcome = try await run.make(jobs)
        try answer(outcome.made, in: session)
        try await run.settle(outcome)
        try report(outcome, in: session)
    }

    /// Reports every claim that got no volume. All of them together decide the exit code.
    private func report(_ outcome: ProvisionRun.Outcome, in session: Session) throws {
        let failures = outcome.failed.map { Failure($0.failure, claim: $0.job.label, place: $0.job.place) }
        try session.streams.note("\(outcome.made.count) of \(outcome.made.count + failures.count) claims have a volume")
        guard let last = failures.last else { return }
        for failure in failures.dropLast() { try session.streams.report(failure, as: errorForm) }
        throw Failure(
            .combined(failures.map(\.status)), code: last.code, last.message,
            hint: "mend the cause and run the same command again; volumes that were made are found again")
    }
}
