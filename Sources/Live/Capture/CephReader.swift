import CRUSH
public import Ceph
public import ClusterState
import Vocabulary

/// Reads a ``CephCapture`` from a running cluster, and changes nothing there.
///
/// The monitors are asked first, all at once, and then the manager; each command ends by the connection's own time limit
/// (`CephTimeouts.monOp`). Cancelling the task ends the reading as soon as the commands under way have ended.
public struct CephReader: Sendable {
    private let cluster: Cluster
    private let attempts: Int
    private let progress: @Sendable (String) -> Void

    /// A reader.
    ///
    /// - Parameters:
    ///   - attempts: how often the whole is read at most, until it shows one state of the cluster; at least 1.
    ///   - progress: is told what is being read, from any task.
    public init(_ cluster: Cluster, attempts: Int = 3, progress: @escaping @Sendable (String) -> Void = { _ in }) {
        self.cluster = cluster
        self.attempts = max(1, attempts)
        self.progress = progress
    }

    /// The capture, and what could not be read. The map in it is that of the moment before all else was read.
    ///
    /// The whole is read again while the map changed in the meantime in a way that moves PGs, or while PGs had not yet
    /// reported on such a change; what the last attempt found is in ``CaptureConsistency``.
    ///
    /// - Throws: ``CaptureFailure`` when the OSDMap may not be read, or for any failure other than a refusal, a
    ///   command without an answer in time, and a command that the release does not know.
    public func read() async throws(CaptureFailure) -> (capture: CephCapture, missing: [MissingPart]) {
        var attempt = 1
        while true {
            var (capture, missing) = try await readOnce()
            capture.consistency.attempts = attempt
            // After a command without an answer the connection is good for nothing but being closed.
            let isSilent = missing.contains { $0.reason == .timeout }
            if attempt == attempts || capture.consistency.isSettled || isSilent || Task.isCancelled {
                return (capture, missing)
            }
            attempt += 1
            progress("the cluster is changing; reading again (\(attempt) of \(attempts))")
            do {
                try await Task.sleep(for: .seconds(attempt))
            } catch {
                return (capture, missing)
            }
        }
    }

    private func readOnce() async throws(CaptureFailure) -> (CephCapture, [MissingPart]) {
        progress("reading the OSDMap")
        let before = try await osdMap()
        progress("reading OSDs, pools and daemons")
        var answers = try await ask(CephQuestion.toMonitors)
        progress("reading PGs")
        answers += try await askManager(CephQuestion.toManager, after: answers)
        var capture = CephCapture(osdMap: before.map, osdMapBytes: before.bytes)
        try fill(&capture, from: answers)
        let daemons = sampledDaemons(of: capture)
        let shown = try await askManager(daemons.map(CephQuestion.runningOptions(of:)), after: answers)
        for (daemon, answer) in zip(daemons, shown) {
            guard let bytes = answer.bytes else { continue }
            capture.configuration.running[daemon] = try decoded(.runningOptions) { () throws(CephAnswerError) in
                try CephConfiguration.running(configShow: bytes)
            }
        }
        answers += shown
        capture.consistency = CaptureConsistency(
            before: before.map, after: try await osdMap().map, pgs: capture.pgs)
        return (capture, Self.missing(from: answers))
    }

    private func osdMap() async throws(CaptureFailure) -> (map: OSDMap, bytes: [UInt8]) {
        let answer = try await ask(.osdMap)
        guard let bytes = answer.bytes else {
            let unknown = MissingPart(part: .osdMap, reason: .unsupported, detail: "no answer", remedy: "")
            throw .noOSDMap(answer.missing ?? unknown)
        }
        do {
            return (try OSDMap(decoding: bytes), bytes)
        } catch {
            throw .osdMap(error)
        }
    }

    /// The daemons that are asked what they run with: all monitors, the active manager, and one OSD of each class.
    private func sampledDaemons(of capture: CephCapture) -> [String] {
        let monitors = capture.monitors?.monitors.filter(\.isInQuorum).map { "mon.\($0.name)" } ?? []
        let manager = capture.managers?.active.map { ["mgr.\($0.name)"] } ?? []
        var classes = Set<Int32?>()
        let osds = capture.osdMap.states.existing.filter { capture.osdMap.states.isUp($0) }
            .filter { classes.insert(capture.osdMap.crush.deviceClasses[ItemID($0)]).inserted }
        return monitors + manager + osds.map(\.description)
    }

    private func fill(_ capture: inout CephCapture, from answers: [Reply]) throws(CaptureFailure) {
        func bytes(of part: CapturePart) -> [UInt8]? { answers.first { $0.question.part == part }?.bytes }
        func value<Value>(
            _ part: CapturePart, _ read: ([UInt8]) throws(CephAnswerError) -> Value
        ) throws(CaptureFailure) -> Value? {
            guard let bytes = bytes(of: part) else { return nil }
            return try decoded(part) { () throws(CephAnswerError) in try read(bytes) }
        }
        capture.pgs = try value(.pgs, PGTable.init(pgDump:))
        capture.osdUsage = try value(.osdUsage, OSDUsage.list(osdDF:))
        capture.osdMetadata = try value(.osdMetadata, OSDMetadata.list(osdMetadata:))
        capture.poolUsage = try value(.poolUsage, PoolUsage.list(dfDetail:))
        capture.configuration.central = try value(.configuration, CephConfiguration.entries(configDump:))
        capture.health = try value(.health, Health.init(healthDetail:))
        capture.monitors = try value(.monitors) { answer throws(CephAnswerError) in
            try MonitorMap(quorumStatus: answer, metadata: bytes(of: .monitorMetadata))
        }
        capture.managers = try value(.managers) { answer throws(CephAnswerError) in
            try ManagerMap(mgrDump: answer, metadata: bytes(of: .managerMetadata))
        }
        capture.filesystems = try value(.filesystems) { answer throws(CephAnswerError) in
            try FilesystemMap(fsDump: answer, metadata: bytes(of: .mdsMetadata))
        }
        capture.services = try value(.serviceDaemons, ServiceDaemon.list(serviceDump:))
        capture.versions = try value(.versions, DaemonVersions.counts(versions:))
    }

    private func decoded<Value>(
        _ part: CapturePart, _ read: () throws(CephAnswerError) -> Value
    ) throws(CaptureFailure) -> Value {
        do {
            return try read()
        } catch {
            throw .answer(part, error)
        }
    }
}

// MARK: Asking

extension CephReader {
    /// What came back from a question.
    private struct Reply: Sendable {
        let question: CephQuestion
        var bytes: [UInt8]?
        var missing: MissingPart?
    }

    /// What is missing, each part once, in the order of parts.
    private static func missing(from replies: [Reply]) -> [MissingPart] {
        var seen = Set<CapturePart>()
        return replies.compactMap(\.missing).filter { seen.insert($0.part).inserted }.sorted { $0.part < $1.part }
    }

    /// Asks the manager, unless the earlier replies show that it would not answer: then its parts are missing for the
    /// same reason, without the wait.
    private func askManager(
        _ questions: [CephQuestion], after earlier: [Reply]
    ) async throws(CaptureFailure) -> [Reply] {
        let isRefused = earlier.contains { $0.question.findsManager && $0.missing?.reason == .permission }
        let silence = earlier.first { $0.question.answerer == .mgr && $0.missing?.reason == .timeout }?.missing
        if isRefused {
            return questions.map { Reply(question: $0, missing: MissingPart(unfound: $0)) }
        }
        guard let silence else { return try await ask(questions) }
        return questions.map { question in
            var missing = silence
            missing.part = question.part
            return Reply(question: question, missing: missing)
        }
    }

    /// Asks all at once; the replies are in the order of the questions.
    private func ask(_ questions: [CephQuestion]) async throws(CaptureFailure) -> [Reply] {
        let results = await withTaskGroup(of: (Int, Result<Reply, CaptureFailure>).self) { group in
            for (index, question) in questions.enumerated() {
                group.addTask {
                    do throws(CaptureFailure) {
                        return (index, .success(try await ask(question)))
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            var results: [(Int, Result<Reply, CaptureFailure>)] = []
            for await result in group { results.append(result) }
            return results.sorted { $0.0 < $1.0 }.map(\.1)
        }
        var replies: [Reply] = []
        for result in results { replies.append(try result.get()) }
        return replies
    }

    private func ask(_ question: CephQuestion) async throws(CaptureFailure) -> Reply {
        do throws(CephError) {
            let reply =
                switch question.answerer {
                case .mon: try await cluster.monCommand(question.json)
                case .mgr: try await cluster.mgrCommand(question.json)
                }
            return Reply(question: question, bytes: reply.output)
        } catch {
            guard let missing = MissingPart(question, error) else { throw .ceph(question.part, error) }
            return Reply(question: question, missing: missing)
        }
    }
}

extension MissingPart {
    /// A part of the manager's, whom the client does not find because the monitors do not let it read.
    fileprivate init(unfound question: CephQuestion) {
        self.init(
            part: question.part, reason: .permission,
            detail: "the monitors do not tell this client where the manager is", remedy: CephQuestion.monitors.remedy)
    }

    /// What an error of a question means for a capture; nil for an error that is a failure of the whole.
    init?(_ question: CephQuestion, _ error: CephError) {
        let isUnknown = error.code == .invalidArgument || error.code == .unsupported
        let detail = error.status.flatMap { $0.isEmpty ? nil : $0 } ?? "\(error)"
        switch error.code {
        case .permissionDenied:
            self.init(part: question.part, reason: .permission, detail: detail, remedy: question.remedy)
        case .timedOut where question.answerer == .mgr:
            self.init(
                part: question.part, reason: .timeout, detail: detail,
                remedy: "see whether a manager is active and well (ceph mgr stat), or give a longer --timeout")
        case .timedOut:
            self.init(
                part: question.part, reason: .timeout, detail: detail,
                remedy: "see whether the monitors have a quorum, and give a longer --timeout")
        case _ where isUnknown:
            self.init(
                part: question.part, reason: .unsupported, detail: detail,
                remedy: "this release of Ceph does not know the command; upgrade it")
        default: return nil
        }
    }
}
