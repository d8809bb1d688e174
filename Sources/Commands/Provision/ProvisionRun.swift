import Console
import KubernetesModel
import Provisioner
import Vocabulary

/// Makes the volumes of an agenda, some at a time, and answers with their PVs.
struct ProvisionRun: Sendable {
    let backend: any VolumeBackend
    let settings: ProvisionerSettings
    /// How many volumes are made at a time.
    let concurrency: Int
    /// How long making one volume may take.
    let timeout: Duration
    let streams: StandardStreams

    /// What became of an agenda.
    struct Outcome: Sendable {
        /// What was made or found, in the agenda's order; to be settled once the answer is out.
        var made: [MadeVolume] = []
        /// What was not, in the agenda's order.
        var failed: [(job: ProvisionJob, failure: ProvisionFailure)] = []
    }

    /// Makes the volumes. One that fails does not hold up the others.
    ///
    /// Cancellation: nothing more is started, what runs is given up, and what is half made stays on record for the
    /// next run.
    func make(_ jobs: [ProvisionJob]) async throws -> Outcome {
        // A few are told one by one, more are counted.
        let progress =
            jobs.count > 20 ? ProgressLine("Making volumes", total: jobs.count, unit: "claims", on: streams) : nil
        var results: [Int: Result<ProvisionedVolume, ProvisionFailure>] = [:]
        try await withThrowingTaskGroup(of: (Int, Result<ProvisionedVolume, ProvisionFailure>).self) { group in
            var next = 0
            func startOne() {
                guard next < jobs.count, !Task.isCancelled else { return }
                let index = next
                next += 1
                group.addTask { (index, await make(jobs[index])) }
            }
            for _ in 0..<concurrency { startOne() }
            while let (index, result) = try await group.next() {
                results[index] = result
                try tell(jobs[index], result, progress)
                startOne()
            }
        }
        try progress?.finish()
        try Task.checkCancellation()
        var outcome = Outcome()
        for (index, job) in jobs.enumerated() {
            switch results[index] {
            case .success(let volume):
                let manifest = job.persistentVolume(of: volume, settings: settings)
                outcome.made.append(MadeVolume(job: job, volume: volume, manifest: manifest))
            case .failure(let failure): outcome.failed.append((job, failure))
            case nil: break
            }
        }
        return outcome
    }

    /// Takes what was noted down about the work off the record. What cannot be taken off now is taken off by the next
    /// run of the same files, so a failure does no harm and is only told.
    func settle(_ outcome: Outcome) async throws(StreamError) {
        for entry in outcome.made {
            let problem: String
            do throws(ProvisionFailure) {
                try await backend.settle(entry.volume.work, deadline: .in(timeout))
                continue
            } catch {
                problem = error.message
            }
            try streams.warn("claim \(entry.job.label): the volume is made, the note about it stays: \(problem)")
        }
    }

    private func make(_ job: ProvisionJob) async -> Result<ProvisionedVolume, ProvisionFailure> {
        do throws(ProvisionFailure) {
            return .success(
                try await backend.create(job.plan.creation(credentials: job.credentials), deadline: .in(timeout)))
        } catch {
            return .failure(error)
        }
    }

    private func tell(
        _ job: ProvisionJob, _ result: Result<ProvisionedVolume, ProvisionFailure>, _ progress: ProgressLine?
    ) throws {
        guard let progress else {
            if case .success(let volume) = result {
                try streams.note("claim \(job.label): image \(volume.pool)/\(volume.imageName), \(volume.size)")
            }
            return
        }
        try progress.advance()
    }
}
