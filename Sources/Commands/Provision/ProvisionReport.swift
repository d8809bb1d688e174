import Console
import KubernetesModel
import Provisioner
import Vocabulary

/// What a dry run answers to programs: one entry for each claim that would get a volume.
struct PlannedVolume: Encodable, Equatable {
    let claim: String
    let storageClass: String
    let volume: String
    let image: String
    let sizeBytes: UInt64
    let reclaimPolicy: String
    let place: String

    init(_ job: ProvisionJob) {
        claim = job.label
        storageClass = job.plan.storageClass.metadata.name
        volume = job.plan.volumeName
        image = job.imageSpec
        sizeBytes = job.plan.size.bytes
        reclaimPolicy = job.plan.storageClass.reclaimPolicy
        place = job.place.description
    }
}

/// The envelope of a dry run's answer.
struct ProvisionPlanPayload: Encodable {
    let apiVersion = "holdfast.io/v1alpha1"
    let kind = "ProvisionPlan"
    let items: [PlannedVolume]
}

/// A volume that was made or found, and its PV.
struct MadeVolume: Sendable {
    let job: ProvisionJob
    let volume: ProvisionedVolume
    let manifest: PersistentVolume

    /// What was made, as a table shows it.
    static func table(_ made: [MadeVolume]) -> Table {
        var table = Table("claim", "class", "image", "size", "volume")
        for entry in made {
            table.append([
                .init(entry.job.label), .init(entry.job.plan.storageClass.metadata.name),
                .init("\(entry.volume.pool)/\(entry.volume.imageName)"), .init(entry.volume.size.description),
                .init(entry.manifest.metadata.name),
            ])
        }
        return table
    }
}

extension ProvisionPlanPayload {
    /// The plan as a table shows it.
    static func table(_ jobs: [ProvisionJob]) -> Table {
        var table = Table("claim", "class", "image", "size", "volume")
        for job in jobs {
            table.append([
                .init(job.label), .init(job.plan.storageClass.metadata.name), .init(job.imageSpec),
                .init(job.plan.size.description), .init(job.plan.volumeName),
            ])
        }
        return table
    }
}
