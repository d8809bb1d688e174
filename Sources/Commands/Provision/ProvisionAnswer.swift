import Console
import KubernetesModel
import Provisioner

/// What `holdfast provision` prints on stdout.
extension ProvisionCommand {
    /// The PVs of the volumes that were made.
    func answer(_ made: [MadeVolume], in session: Session) throws {
        let volumes = made.map { JSONValue.object($0.manifest.json) }
        switch output ?? .yaml {
        case .yaml:
            try session.streams.answer(try volumes.map { "---\n" + (try YAMLText.document($0)) }.joined())
        case .json:
            let list: JSONValue = ["apiVersion": "v1", "kind": "List", "items": .array(volumes)]
            try session.streams.answer(String(decoding: list.encoded(pretty: true), as: UTF8.self) + "\n")
        case .name:
            try session.streams.answer(made.map { "persistentvolume/\($0.manifest.metadata.name)\n" }.joined())
        case .table:
            try session.streams.answer(MadeVolume.table(made).rendered(session.streams.outputPalette))
        }
    }

    /// What would be made.
    func answer(plan jobs: [ProvisionJob], in session: Session) throws {
        let payload = ProvisionPlanPayload(items: jobs.map(PlannedVolume.init))
        switch output ?? .table {
        case .yaml:
            try session.streams.answer(try YAMLText.document(try JSONValue(json: try JSONText.compact(payload))))
        case .json: try session.streams.answer(try JSONText.pretty(payload) + "\n")
        case .name: try session.streams.answer(jobs.map { "persistentvolume/\($0.plan.volumeName)\n" }.joined())
        case .table:
            try session.streams.answer(ProvisionPlanPayload.table(jobs).rendered(session.streams.outputPalette))
        }
        try session.streams.note("dry run: nothing was made; \(jobs.count) claims would get a volume")
    }
}
