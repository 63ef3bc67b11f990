"""onnxruntime for `cargo bench --bench encoder -- --peer "python benches/peers/onnx_encoder.py int8"`.

Builds an encoder of all-MiniLM-L6-v2's shape as an ONNX graph with random weights (what they are does not change the time),
quantises it dynamically if asked (int8 weights per channel), and answers each line `CORES TOKENS` with the milliseconds of one run.
"""

import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

WIDTH, LAYERS, HEADS, INNER, WORDS, POSITIONS = 384, 6, 12, 1536, 30522, 512


class Graph:
    """Nodes and weights, as they are asked for."""

    def __init__(self):
        self.nodes, self.weights, self.rng = [], [], np.random.default_rng(1)

    def weight(self, *shape):
        return self.constant((self.rng.standard_normal(shape) * 0.05).astype(np.float32))

    def constant(self, value):
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def node(self, kind, *inputs, **attributes):
        name = f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def linear(self, x, rows, cols):
        return self.node("Add", self.node("MatMul", x, self.weight(cols, rows)), self.weight(rows))

    def norm(self, x):
        return self.node("LayerNormalization", x, self.weight(WIDTH), self.weight(WIDTH), axis=-1, epsilon=1e-12)

    def heads(self, x, order):
        shape = self.constant(np.array([0, 0, HEADS, WIDTH // HEADS], np.int64))
        return self.node("Transpose", self.node("Reshape", x, shape), perm=order)

    def gelu(self, x):
        scaled = self.node("Div", x, self.constant(np.float32(2 ** 0.5)))
        one = self.node("Add", self.node("Erf", scaled), self.constant(np.float32(1)))
        return self.node("Mul", self.node("Mul", x, one), self.constant(np.float32(0.5)))

    def layer(self, x):
        q, k, v = (self.linear(x, WIDTH, WIDTH) for _ in range(3))
        q, k, v = self.heads(q, [0, 2, 1, 3]), self.heads(k, [0, 2, 3, 1]), self.heads(v, [0, 2, 1, 3])
        scores = self.node("Div", self.node("MatMul", q, k), self.constant(np.float32((WIDTH // HEADS) ** 0.5)))
        mixed = self.node("MatMul", self.node("Softmax", scores, axis=-1), v)
        mixed = self.node("Transpose", mixed, perm=[0, 2, 1, 3])
        mixed = self.node("Reshape", mixed, self.constant(np.array([0, 0, WIDTH], np.int64)))
        x = self.norm(self.node("Add", self.linear(mixed, WIDTH, WIDTH), x))
        inner = self.gelu(self.linear(x, INNER, WIDTH))
        return self.norm(self.node("Add", self.linear(inner, WIDTH, INNER), x))


def model():
    graph = Graph()
    words = graph.node("Gather", graph.weight(WORDS, WIDTH), "ids")
    positions = graph.node("Gather", graph.weight(POSITIONS, WIDTH), "positions")
    x = graph.norm(graph.node("Add", words, positions))
    for _ in range(LAYERS):
        x = graph.layer(x)
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, [1, "tokens"]) for name in ("ids", "positions")]
    outputs = [helper.make_tensor_value_info(x, TensorProto.FLOAT, [1, "tokens", WIDTH])]
    whole = helper.make_graph(graph.nodes, "encoder", inputs, outputs, graph.weights)
    return helper.make_model(whole, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


def main():
    kind = sys.argv[1] if len(sys.argv) > 1 else "int8"
    with tempfile.TemporaryDirectory() as folder:
        plain, path = Path(folder) / "plain.onnx", Path(folder) / "model.onnx"
        onnx.save(model(), plain)
        if kind == "int8":
            from onnxruntime.quantization import QuantType, quantize_dynamic

            quantize_dynamic(plain, path, weight_type=QuantType.QInt8, per_channel=True)
        else:
            path = plain
        sessions = {}
        print(f"onnxruntime {kind}", flush=True)
        for line in sys.stdin:
            cores, tokens = map(int, line.split())
            if cores not in sessions:
                options = onnxruntime.SessionOptions()
                options.intra_op_num_threads = cores
                # Spinning threads would take the other rivals' cores.
                options.add_session_config_entry("session.intra_op.allow_spinning", "0")
                sessions[cores] = onnxruntime.InferenceSession(str(path), options)
            at = np.arange(tokens, dtype=np.int64)[None]
            begun = time.perf_counter()
            sessions[cores].run(None, {"ids": 1000 + at * 37 % 20000, "positions": at})
            print((time.perf_counter() - begun) * 1e3, flush=True)


if __name__ == "__main__":
    main()
