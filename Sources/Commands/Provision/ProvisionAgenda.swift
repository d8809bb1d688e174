import KubernetesModel
import Provisioner
import Volumes

/// What `holdfast provision` is to do about everything in its files. Nothing has been asked of Ceph by then: whatever is
/// wrong in the files is known before the first image is made.
struct ProvisionAgenda: Sendable {
    /// What decides about volumes beside the files.
    struct Settings: Sendable {
        var provisioner = ProvisionerSettings()
        /// Whether the command line names credentials, which then go before the Secrets of the classes.
        var usesOwnCredentials = false
    }

    /// A claim that gets no volume, and why.
    struct Skipped: Sendable {
        let claim: ObjectKey
        let reason: String
    }

    /// The claims to be served, in the order of the files.
    private(set) var jobs: [ProvisionJob] = []
    /// The claims that are none of our business.
    private(set) var skipped: [Skipped] = []
    /// Everything that is wrong in the files.
    private(set) var faults: [ManifestFault] = []
    /// The Secrets that classes name and the files do not hold.
    private(set) var missingSecrets: Set<KubernetesModel.SecretReference> = []

    /// Looks at every claim.
    init(_ catalogue: ManifestCatalogue, settings: Settings) {
        var checked: [String: Bool] = [:]
        for entry in catalogue.claims {
            do {
                switch try ClaimSelection(of: entry, in: catalogue, provisioners: settings.provisioner.names) {
                case .skip(let reason): skipped.append(Skipped(claim: entry.object.key, reason: reason))
                case .provision(let storageClass):
                    let name = storageClass.object.metadata.name
                    let isSound = checked[name] ?? check(storageClass)
                    checked[name] = isSound
                    if isSound { jobs.append(try job(for: entry, by: storageClass, in: catalogue, settings)) }
                }
            } catch {
                faults.append(error)
            }
        }
    }

    /// Reads a class's parameters once, so that what is wrong there is told once and with its line.
    private mutating func check(_ storageClass: ManifestCatalogue.Entry<StorageClass>) -> Bool {
        do {
            _ = try VolumeParameters(parsing: storageClass.object.parameters)
            return true
        } catch {
            let place = storageClass.manifest.place(of: ["parameters"] + (error.key.map { [$0] } ?? []))
            faults.append(
                ManifestFault(place, "StorageClass \(storageClass.object.metadata.name): \(error.message)"))
            return false
        }
    }

    private mutating func job(
        for entry: ManifestCatalogue.Entry<PersistentVolumeClaim>,
        by storageClass: ManifestCatalogue.Entry<StorageClass>,
        in catalogue: ManifestCatalogue, _ settings: Settings
    ) throws(ManifestFault) -> ProvisionJob {
        var claim = entry.object
        let uid = ClaimUID(of: claim, clusterName: settings.provisioner.clusterName)
        claim.metadata.uid = uid.value
        if claim.storageClassName == nil { claim.storageClassName = storageClass.object.metadata.name }
        do throws(ProvisionFailure) {
            guard VolumeUUID(uid.value.value) != nil else {
                throw ProvisionFailure.infeasible("metadata.uid is no UUID: leave it out to have one derived")
            }
            let plan = try ProvisioningPlan(
                claim: claim, storageClass: storageClass.object, settings: settings.provisioner)
            return ProvisionJob(
                plan: plan, hasAssignedUID: uid.isAssigned,
                credentials: try credentials(for: plan, in: catalogue, settings), place: entry.manifest.place)
        } catch {
            throw ManifestFault(entry.manifest.place, "claim \(entry.object.key): \(error.message)")
        }
    }

    /// The class's own Secret, if the files hold it and the command line names no credentials.
    private mutating func credentials(
        for plan: ProvisioningPlan, in catalogue: ManifestCatalogue, _ settings: Settings
    ) throws(ProvisionFailure) -> CephCredentials? {
        guard !settings.usesOwnCredentials, let reference = plan.secrets.provisioner else { return nil }
        guard let secret = catalogue.secrets[reference.key] else {
            missingSecrets.insert(reference)
            return nil
        }
        return try CephCredentials(
            secret: reference, data: secret.object.data, defaultUser: plan.secrets.provisionerUser)
    }
}
