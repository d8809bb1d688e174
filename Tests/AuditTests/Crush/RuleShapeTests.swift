import CRUSH
import StateFixtures
import Testing
import Vocabulary

@testable import Audit

/// What a rule's steps come to.
@Suite struct RuleShapeTests {
    struct Example: CustomTestStringConvertible, Sendable {
        var steps: [Rule.Step]
        var size: Int
        var failureDomain: Int32
        var count: Int
        /// Copies at each step of the first part.
        var copies: [Int]
        var isChain = false

        var testDescription: String { steps.map { "\($0.code) \($0.first) \($0.second)" }.joined(separator: ", ") }
    }

    @Test(arguments: [
        Example(steps: [Rule.Step(.chooseLeafFirstN, 0, 1)], size: 3, failureDomain: 1, count: 3, copies: [1]),
        Example(steps: [Rule.Step(.chooseFirstN, 0, 0)], size: 3, failureDomain: 0, count: 3, copies: [1]),
        Example(steps: [Rule.Step(.chooseLeafFirstN, -1, 1)], size: 3, failureDomain: 1, count: 2, copies: [1]),
        Example(steps: [Rule.Step(.chooseLeafFirstN, 1, 1)], size: 3, failureDomain: 1, count: 1, copies: [1]),
        Example(
            steps: [Rule.Step(.chooseFirstN, 0, 1), Rule.Step(.chooseFirstN, 1, 0)], size: 3, failureDomain: 1,
            count: 3,
            copies: [1, 1], isChain: true),
        Example(
            steps: [Rule.Step(.chooseIndep, 3, 1), Rule.Step(.chooseIndep, 2, 0)], size: 6, failureDomain: 0, count: 6,
            copies: [2, 1], isChain: true),
        Example(
            steps: [Rule.Step(.chooseFirstN, 2, 3), Rule.Step(.chooseLeafFirstN, 2, 1)], size: 4, failureDomain: 1,
            count: 4, copies: [2, 1], isChain: true),
        Example(
            steps: [Rule.Step(.chooseFirstN, 2, 3), Rule.Step(.chooseLeafFirstN, 0, 1)], size: 4, failureDomain: 1,
            count: 4, copies: [4, 1], isChain: true),
        Example(
            steps: [Rule.Step(.chooseFirstN, 0, 3), Rule.Step(.chooseLeafFirstN, 1, 1)], size: 3, failureDomain: 3,
            count: 3, copies: [1, 1], isChain: true),
    ])
    func `steps are counted`(_ example: Example) throws {
        var map = SyntheticCluster(racks: 4).osdMap()
        map.setSteps(example.steps)
        let shape = try #require(RuleShape(0, map: map.crush))
        #expect(shape.failureDomain == example.failureDomain)
        #expect(shape.count(size: example.size) == example.count)
        #expect(shape.isChain == example.isChain)
        let take = try #require(shape.takes.first)
        #expect(shape.levels(of: take, size: example.size).map(\.copies) == example.copies)
    }

    @Test func `domains are real buckets with OSDs of the class that are in and weigh something`() throws {
        var mixed = rackedCluster(racks: 4, deviceClass: "ssd")
        mixed.deviceClass = { $0 < 6 ? "ssd" : "hdd" }
        var map = mixed.osdMap()
        map.states.markOut([OSDID(0)])
        map.weigh(2) { _ in .zero }
        let shape = try #require(RuleShape(0, map: map.crush))
        #expect(shape.text(of: shape.takes[0]) == "default class ssd")
        let domains = shape.domains(in: map)
        let named = Dictionary(uniqueKeysWithValues: domains.map { (shape.itemName($0.key), $0.value.map(\.value)) })
        #expect(named == ["host-0": [1], "host-1": [3], "host-2": [4, 5]])
    }

    @Test func `room is counted through all steps`() throws {
        var map = rackedCluster(racks: 3, hosts: 2, size: 4).osdMap()
        map.setSteps([Rule.Step(.chooseFirstN, 2, 3), Rule.Step(.chooseLeafFirstN, 2, 1)])
        let shape = try #require(RuleShape(0, map: map.crush))
        // Hosts 0 and 1 are the first rack: with one host each the first two racks do not hold two copies.
        #expect(shape.hasRoom(size: 4) { _ in true })
        #expect(shape.hasRoom(size: 4) { $0.value >= 2 })
        #expect(!shape.hasRoom(size: 4) { $0.value >= 2 && $0.value != 4 && $0.value != 5 })
    }

    @Test func `a number without a rule has no shape`() {
        #expect(RuleShape(9, map: SyntheticCluster().osdMap().crush) == nil)
    }
}
