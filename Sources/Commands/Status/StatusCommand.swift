import ArgumentParser
import Console
import KubernetesClient
import KubernetesModel
import Logging
import Provisioner
import Vocabulary

/// `holdfast status`: who leads.
struct StatusCommand: SessionCommand {
    enum Output: String, CaseIterable, ExpressibleByArgument {
        case table, json
    }

    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Tell which replica of the provisioner leads, and since when.",
        usage: "holdfast status [-n <namespace>] [--provisioner-name <name>] [-o json] [<options>]",
        discussion: """
            Reads the Lease that the replicas share. It takes the right to get leases in the provisioner's namespace.

            EXAMPLES:
              holdfast status
              holdfast status -n storage --provisioner-name fast.holdfast.io
              holdfast status -o json | jq -r .leader

            EXIT CODES:
              0 one leads   2 there is no such Lease   3 nobody leads at this moment
            """)

    @Option(name: .shortAndLong, help: "The namespace of the provisioner.")
    var namespace = "holdfast"

    @Option(help: "The provisioner's name, from which the Lease's follows.")
    var provisionerName = "rbd.holdfast.io"

    @Option(help: "The Lease's name, where it was set with the provisioner's --lease-name.")
    var leaseName: String?

    @Option(name: .shortAndLong, help: "table or json")
    var output: Output = .table

    @Option(help: ArgumentHelp("How long the API may take, in seconds.", valueName: "seconds"))
    var timeout = 15

    @OptionGroup(title: "Kubernetes options") var kubernetes: KubernetesOptions
    @OptionGroup(title: "Output options") var options: OutputOptions

    var errorForm: Failure.Form { output == .json ? .json : .text }

    mutating func validate() throws {
        guard (1...3600).contains(timeout) else { throw ValidationError("--timeout must be from 1 to 3600 seconds") }
    }

    func perform(in session: Session) async throws {
        let lease = try await readLease(environment: session.environment)
        let report = LeadershipReport(of: lease, now: .now())
        if let problem = report.problem { try session.streams.warn(problem) }
        switch output {
        case .json: try session.streams.answer(try JSONText.pretty(report) + "\n")
        case .table: try session.streams.answer(report.table.rendered(session.streams.outputPalette))
        }
        if report.state != .leading {
            throw Failure(
                .conflict, code: "NobodyLeads", "nobody leads: \(report.explanation)",
                hint: "kubectl get pods -n \(namespace); claims wait until a replica leads")
        }
    }

    private var key: ObjectKey {
        ObjectKey(namespace: namespace, name: leaseName ?? provisionerName.replacing("/", with: "-"))
    }

    private func readLease(environment: [String: String]) async throws -> Lease {
        let client = try KubernetesClient(
            KubernetesConfiguration.load(
                kubeconfig: kubernetes.kubeconfig, context: kubernetes.context, environment: environment),
            logger: Logger(label: "holdfast", factory: { _ in SwiftLogNoOpLogHandler() }))
        let result: Result<Lease, KubernetesError>
        do {
            result = .success(try await client.get(Lease.self, key, deadline: .in(.seconds(timeout))))
        } catch {
            result = .failure(error)
        }
        await client.shutDown()
        do {
            return try result.get()
        } catch {
            throw Failure(reading: key, error)
        }
    }
}

extension Failure {
    fileprivate init(reading lease: ObjectKey, _ error: KubernetesError) {
        if error.isNotFound {
            self.init(
                .notFound, code: "NotFound", "there is no Lease \(lease): no provisioner has ever led under this name",
                hint: "give --namespace and --provisioner-name as the provisioner has them")
        } else if error.isForbidden {
            self.init(.denied, code: "Denied", "\(error)", hint: "it takes the right to get leases there")
        } else {
            self.init(.unreachable, code: "Unreachable", "\(error)")
        }
    }
}
