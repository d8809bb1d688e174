import Foundation
import LabSupport
import Vocabulary

extension CephLab {
    /// A cluster that keeps what it has acknowledged: three hosts of two bluestore OSDs, size 3, min_size 2.
    static var durable: Options {
        var options = Options()
        options.store = "bluestore"
        options.hasManager = true
        return options
    }

    /// How many OSDs the monitors take to be up.
    func upOSDs() async throws -> Int {
        struct Answer: Decodable {
            var numUpOsds: Int
        }
        return try await ask("osd", "stat", as: Answer.self).numUpOsds
    }

    /// The states of all PGs, as the mgr last heard them.
    func placementGroupStates() async throws -> Set<String> {
        struct Answer: Decodable {
            struct Summary: Decodable {
                struct State: Decodable {
                    var name: String
                }
                var numPgByState: [State]
            }
            var pgSummary: Summary
        }
        return Set(try await ask("pg", "stat", as: Answer.self).pgSummary.numPgByState.map(\.name))
    }

    private func ask<Answer: Decodable>(_ words: String..., as type: Answer.Type) async throws -> Answer {
        let text = try await ceph(words + ["-f", "json"])
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(type, from: Data(text.utf8))
    }
}
