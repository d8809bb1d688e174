import ArgumentParser
import Foundation
import Logging
import Metrics
import Observability
import Provisioner
import Vocabulary

/// `holdfast-provisioner`: answers PersistentVolumeClaims with RBD images.
@main
struct HoldfastProvisioner: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "holdfast-provisioner",
        abstract: "Answers PersistentVolumeClaims with RBD images on Ceph.",
        discussion: """
            Runs in a pod, in two or more replicas of which one leads. Each setting is a flag, an environment variable \
            (HOLDFAST_ and the flag in capitals, HOLDFAST_DRIVER_NAME) or a key of the configuration file (the flag \
            without its dashes); a flag goes before the environment, the environment before the file.

            EXAMPLES:
              In a pod, beside ceph-csi's node plugin and with its ConfigMap:
                holdfast-provisioner --ceph-config /etc/ceph-csi-config/config.json
              On a workstation, with the cluster of kubectl and of the ceph command, alone and talkative:
                holdfast-provisioner --ceph-conf /etc/ceph/ceph.conf --leader-elect false --log-format text \
            --log-level debug
              With a file:
                holdfast-provisioner --config /etc/holdfast/provisioner.yaml

            EXIT STATUS:
              0   stopped as asked (SIGTERM, SIGINT), everything that was started is finished
              1   something failed that cannot be mended by waiting; stderr says what
              3   leadership was lost: start it again
              4   what was started did not finish within the grace period; it is on record and taken up again
              64  a flag, a variable or a line of the configuration file is wrong; stderr names it
            """,
        version: HoldfastVersion.current)

    @Option(help: ArgumentHelp("A YAML file of settings, one key a line.", valueName: "file"))
    var config: String?

    @OptionGroup(title: "Volumes") var volumes: VolumeFlags
    @OptionGroup(title: "Ceph") var ceph: CephFlags
    @OptionGroup(title: "Kubernetes") var kubernetes: KubernetesFlags
    @OptionGroup(title: "Work") var work: WorkFlags
    @OptionGroup(title: "Observation") var observation: ObservationFlags

    func run() async throws {
        let configuration: ServiceConfiguration
        let address: ListenAddress?
        do {
            configuration = try readConfiguration()
            address = configuration.healthAddress == "0" ? nil : try ListenAddress.parse(configuration.healthAddress)
        } catch {
            complain("\(error)")
            throw ExitCode(EX_USAGE)
        }
        let registry = PrometheusRegistry()
        MetricsSystem.bootstrap(registry)
        let logger = LogSetup.bootstrap(configuration)
        do {
            try await Process(configuration, address: address, registry: registry, logger: logger).run()
        } catch let lost as ProvisionerService.LeadershipLost {
            logger.error("ending", metadata: ["reason": "\(lost)"])
            throw ExitCode(3)
        } catch is CancellationError {
            logger.error("ending: what was started did not finish within the grace period")
            throw ExitCode(4)
        } catch {
            logger.critical("ending", metadata: ["error": "\(error)"])
            throw ExitCode(1)
        }
    }

    private func readConfiguration() throws -> ServiceConfiguration {
        let flags = [volumes.values, ceph.values, kubernetes.values, work.values, observation.values]
            .reduce(into: [:]) { $0.merge($1) { $1 } }
        return try ServiceConfiguration(
            flags: flags, environment: ProcessEnvironment.variables, file: try config.map(SettingsFile.read) ?? [])
    }

    private func complain(_ text: String) {
        let lines = text.split(separator: "\n").map { "holdfast-provisioner: \($0)\n" }
        FileHandle.standardError.write(Data(lines.joined().utf8))
    }
}
