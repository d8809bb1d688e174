import Foundation
import Glibc
import Logging
import Synchronization
import Testing
import Vocabulary

@testable import Observability

@Suite struct JSONLogHandlerTests {
    private let moment = timespec(tv_sec: 1_700_000_000, tv_nsec: 7_999_999)

    private func handler(_ level: Logger.Level = .info, provider: Logger.MetadataProvider? = nil) -> JSONLogHandler {
        JSONLogHandler(
            label: "provisioner", level: level, output: LogOutput(fileDescriptor: -1), metadataProvider: provider)
    }

    private func event(
        _ message: String, _ metadata: Logger.Metadata? = nil, error: (any Error)? = nil
    ) -> LogEvent {
        LogEvent(
            level: .notice, message: "\(message)", error: error, metadata: metadata, source: nil,
            file: "Provisioner/Claims.swift", function: "f()", line: 7)
    }

    private func line(_ handler: JSONLogHandler, _ event: LogEvent) -> String {
        String(decoding: handler.line(event, at: moment), as: UTF8.self)
    }

    @Test func aLineHasTimeLevelLoggerAndMessage() {
        #expect(
            line(handler(), event("ready"))
                == #"{"ts":"2023-11-14T22:13:20.007Z","level":"notice","logger":"provisioner","msg":"ready"}"# + "\n")
    }

    @Test func theSourceIsShownOnlyAtDebug() {
        #expect(!line(handler(.info), event("x")).contains("source"))
        #expect(line(handler(.debug), event("x")).contains(#""source":"Provisioner/Claims.swift:7""#))
    }

    @Test func everyCharacterSurvivesAJSONReader() throws {
        let nasty = "quote\" back\\slash \n\r\t\u{0}\u{1f}\u{7f} \u{2028} ü 🐙 </script>"
        let text = line(handler(), event(nasty, [nasty: .string(nasty)]))
        #expect(text.dropLast().allSatisfy { $0 != "\n" })
        let read = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: String])
        #expect(read["msg"] == nasty)
        #expect(read[nasty] == nasty)
    }

    @Test func metadataIsMergedAndNested() throws {
        var handler = handler(provider: Logger.MetadataProvider { ["a": "provider", "b": "provider"] })
        handler[metadataKey: "a"] = "logger"
        handler[metadataKey: "d"] = "logger"
        let explicit: Logger.Metadata = [
            "b": "statement", "list": ["1", "2"], "map": ["z": "1", "y": ["2"]], "msg": "mine",
            "n": .stringConvertible(4),
        ]
        let text = line(handler, event("m", explicit))
        #expect(text.contains(#""msg":"m","a":"provider","b":"statement","d":"logger","list":["1","2"],"#))
        #expect(text.contains(#""map":{"y":["2"],"z":"1"},"metadata.msg":"mine","n":"4"}"#))
    }

    @Test func secretsStayHidden() {
        let secret = Redacted("AQBkey==")
        let text = line(
            handler(.trace),
            event("key \(secret)", ["key": .stringConvertible(secret), "keys": [.stringConvertible(secret)]]))
        #expect(!text.contains("AQBkey"))
        #expect(text.contains(#""key":"<redacted>""#))
    }

    @Test func errorsAreShown() {
        let error = ListenAddress.Invalid(text: "x", reason: "no port")
        #expect(line(handler(), event("m", error: error)).contains(#""error":"\"x\" is not an address"#))
    }

    @Test func loggersWriteWholeLinesIntoAPipe() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        // A line is longer than PIPE_BUF, and four threads write: lines still do not mix.
        let filler = String(repeating: "x", count: 6_000)
        let output = LogOutput(fileDescriptor: ends[1])
        let received = Mutex<[UInt8]>([])
        let reader = Thread { [end = ends[0]] in
            var chunk = [UInt8](repeating: 0, count: 4_096)
            while case let count = read(end, &chunk, chunk.count), count > 0 {
                received.withLock { $0 += chunk[..<count] }
            }
            received.withLock { $0.append(0) }
        }
        reader.start()
        DispatchQueue.concurrentPerform(iterations: 4) { thread in
            let logger = Logger(label: "t\(thread)") { JSONLogHandler(label: $0, output: output) }
            for number in 0..<50 { logger.info("\(number)", metadata: ["filler": "\(filler)"]) }
            logger.debug("not at this level")
        }
        close(ends[1])
        let deadline = Deadline.in(.seconds(20))
        while received.withLock({ $0.last != 0 }) {
            try #require(!deadline.hasPassed)
            sched_yield()
        }
        close(ends[0])
        let lines = received.withLock { String(decoding: $0.dropLast(), as: UTF8.self) }.split(separator: "\n")
        #expect(lines.count == 200)
        for line in lines {
            let read = try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String])
            #expect(read["filler"] == filler && read["level"] == "info")
        }
    }
}
