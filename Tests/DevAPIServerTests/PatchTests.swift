import KubernetesModel
import Testing

@testable import DevAPIServer

@Suite struct PatchTests {
    private static let object: JSONObject = ["a": 1, "list": [1, 2, 3], "map": ["x/y": "old", "t~": true]]

    @Test(
        arguments: [
            (
                [["op": "add", "path": "/b", "value": 2]],
                ["a": 1, "b": 2, "list": [1, 2, 3], "map": ["x/y": "old", "t~": true]]
            ),
            (
                [["op": "add", "path": "/list/1", "value": 9]],
                ["a": 1, "list": [1, 9, 2, 3], "map": ["x/y": "old", "t~": true]]
            ),
            (
                [["op": "add", "path": "/list/-", "value": 9]],
                ["a": 1, "list": [1, 2, 3, 9], "map": ["x/y": "old", "t~": true]]
            ),
            ([["op": "remove", "path": "/list/0"]], ["a": 1, "list": [2, 3], "map": ["x/y": "old", "t~": true]]),
            (
                [["op": "replace", "path": "/map/x~1y", "value": "new"]],
                ["a": 1, "list": [1, 2, 3], "map": ["x/y": "new", "t~": true]]
            ),
            ([["op": "remove", "path": "/map/t~0"]], ["a": 1, "list": [1, 2, 3], "map": ["x/y": "old"]]),
            (
                [["op": "test", "path": "/a", "value": 1], ["op": "move", "from": "/a", "path": "/c"]],
                ["c": 1, "list": [1, 2, 3], "map": ["x/y": "old", "t~": true]]
            ),
            (
                [["op": "copy", "from": "/a", "path": "/list/0"]],
                ["a": 1, "list": [1, 1, 2, 3], "map": ["x/y": "old", "t~": true]]
            ),
        ] as [(JSONValue, JSONObject)])
    func jsonPatchesApply(patch: JSONValue, expected: JSONObject) throws {
        #expect(try JSONPatch.apply(patch, to: Self.object) == expected)
    }

    @Test(
        arguments: [
            [["op": "test", "path": "/a", "value": 2]], [["op": "remove", "path": "/none"]],
            [["op": "replace", "path": "/none", "value": 1]], [["op": "add", "path": "/none/deep", "value": 1]],
            [["op": "add", "path": "/list/4", "value": 1]], [["op": "replace", "path": "/list/3", "value": 1]],
            [["op": "remove", "path": "/list/x"]], [["op": "jump", "path": "/a"]],
            [["op": "add", "path": "a", "value": 1]],
            [["op": "add", "path": "/a"]], [["op": "move", "from": "/none", "path": "/b"]],
            [["op": "replace", "path": "", "value": 1]],
        ] as [JSONValue])
    func jsonPatchesThatDoNotApplyAreRefused(patch: JSONValue) {
        let failure = refusal { () throws(APIFailure) in _ = try JSONPatch.apply(patch, to: Self.object) }
        #expect(failure == JSONPatch.refused)
    }

    @Test(
        arguments: [
            (
                ["metadata": ["annotations": ["a": "1", "b": .null]]],
                ["metadata": ["annotations": ["a": "1"], "finalizers": ["f"]]]
            ),
            (
                ["metadata": ["finalizers": ["g", "f"]]],
                ["metadata": ["annotations": ["b": "2"], "finalizers": ["g", "f"]]]
            ),
            (
                ["metadata": ["$deleteFromPrimitiveList/finalizers": ["f"]]],
                ["metadata": ["annotations": ["b": "2"], "finalizers": []]]
            ),
            (
                ["metadata": ["$setElementOrder/finalizers": ["f"], "finalizers": .null]],
                ["metadata": ["annotations": ["b": "2"]]]
            ),
            (
                ["metadata": ["annotations": ["$patch": "replace", "c": "3"]]],
                ["metadata": ["annotations": ["c": "3"], "finalizers": ["f"]]]
            ),
        ] as [(JSONValue, JSONObject)])
    func strategicMergePatchesApply(patch: JSONValue, expected: JSONObject) throws {
        let object: JSONObject = ["metadata": ["annotations": ["b": "2"], "finalizers": ["f"]]]
        #expect(try StrategicMergePatch.apply(patch, to: object) == expected)
    }

    @Test func listsWithAMergeKeyMergeByIt() throws {
        let object: JSONObject = ["conditions": [["type": "A", "status": "False"], ["type": "B", "status": "False"]]]
        let patch: JSONValue = [
            "conditions": [["type": "B", "status": "True"], ["type": "C"], ["$patch": "delete", "type": "A"]]
        ]
        #expect(
            try StrategicMergePatch.apply(patch, to: object)
                == ["conditions": [["type": "B", "status": "True"], ["type": "C"]]])
    }
}
