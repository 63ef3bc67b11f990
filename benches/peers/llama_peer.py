"""llama.cpp for `cargo bench --bench generator -- MODEL.gguf --peer "python benches/peers/llama_peer.py MODEL.gguf"`.

With `q4_0` as a second argument the file is first requantised to llama.cpp's fastest four-bit form. Answers each line `CORES
prefill|decode|prefix N` with milliseconds: the first token of a prompt of N tokens, a token behind N, the first token of 32 new
tokens behind N known ones.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

import llama_cpp

NEW, DECODED = 32, 24


def tokens(n, seed):
    return [300 + (i * 7919 + seed * 104729) % 40000 for i in range(n)]


def requantised(path, folder):
    settings = llama_cpp.llama_model_quantize_default_params()
    settings.ftype, settings.allow_requantize, settings.nthread = llama_cpp.LLAMA_FTYPE_MOSTLY_Q4_0, True, 2
    to = Path(folder) / "q4_0.gguf"
    if llama_cpp.llama_model_quantize(str(path).encode(), str(to).encode(), settings) != 0:
        raise SystemExit("llama.cpp could not requantise the file")
    return to


def main():
    with tempfile.TemporaryDirectory() as folder:
        path, name = sys.argv[1], "llama.cpp"
        if sys.argv[2:] == ["q4_0"]:
            path, name = requantised(path, folder), "llama.cpp q4_0"
        print(name, flush=True)
        models, runs = {}, 0
        for line in sys.stdin:
            cores, what, n = line.split()
            cores, n, runs = int(cores), int(n), runs + 1
            if cores not in models:
                models[cores] = llama_cpp.Llama(
                    str(path), n_ctx=2048, n_batch=2048, n_threads=cores, n_threads_batch=cores, verbose=False
                )
            model = models[cores]
            model.reset()
            times = []
            if what != "prefill":
                model.eval(tokens(n, runs))
            if what == "decode":
                for token in tokens(DECODED, runs):
                    begun = time.perf_counter()
                    model.eval([token])
                    times.append(time.perf_counter() - begun)
            else:
                begun = time.perf_counter()
                model.eval(tokens(n if what == "prefill" else NEW, runs + 7))
                times.append(time.perf_counter() - begun)
            print(statistics.median(times) * 1e3, flush=True)


main()
