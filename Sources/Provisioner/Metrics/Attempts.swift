import Metrics

/// The metrics of one attempt to provision a claim, under the names that csi-provisioner uses.
struct ProvisionAttempt: Sendable {
    private let dimensions: [(String, String)]

    init(class storageClass: String, source: String) {
        dimensions = [("class", storageClass), ("source", source)]
    }

    func succeeded(after elapsed: Duration) {
        Counter(label: "controller_persistentvolumeclaim_provision_total", dimensions: dimensions).increment()
        Timer(label: "controller_persistentvolumeclaim_provision_duration_seconds", dimensions: dimensions)
            .record(duration: elapsed)
    }

    func failed() {
        Counter(label: "controller_persistentvolumeclaim_provision_failed_total", dimensions: dimensions).increment()
    }
}

/// The metrics of one attempt to delete a volume, under the names that csi-provisioner uses.
struct DeletionAttempt: Sendable {
    private let dimensions: [(String, String)]

    init(class storageClass: String) {
        dimensions = [("class", storageClass)]
    }

    func succeeded(after elapsed: Duration) {
        Counter(label: "controller_persistentvolume_delete_total", dimensions: dimensions).increment()
        Timer(label: "controller_persistentvolume_delete_duration_seconds", dimensions: dimensions)
            .record(duration: elapsed)
    }

    func failed() {
        Counter(label: "controller_persistentvolume_delete_failed_total", dimensions: dimensions).increment()
    }
}
