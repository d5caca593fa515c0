"""An exported model through onnxruntime, held against what the program predicts.

    pip install -r requirements.txt && python onnx_parity.py MODEL.onnx ROWS.json

ROWS.json: {"inputs": {FEATURE: [value or null, ...]}, "minutes": [...], "intervals": {OUTPUT: [...]}}. Prints one JSON document:
the number of rows, the largest difference in minutes divided by max(1, minutes), that of the ends of intervals, what it
predicted, the time that onnxruntime took, and what the file says of itself.
Where `onnx` is installed, the file is also put to its checker.
"""
import json
import sys
import time

import numpy as np
import onnxruntime

model, rows = sys.argv[1], json.load(open(sys.argv[2], encoding="utf-8"))
try:
    import onnx

    onnx.checker.check_model(model, full_check=True)
    checked = True
except ImportError:
    checked = False

session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
minutes = np.array(rows["minutes"])
inputs = {}
for of in session.get_inputs():
    values = rows["inputs"][of.name]
    if of.type == "tensor(string)":
        column = np.array(["" if value is None else value for value in values], dtype=object)
    else:
        assert of.type == "tensor(float)", of.type
        column = np.array([np.nan if value is None else value for value in values], dtype=np.float32)
    inputs[of.name] = column.reshape(-1, 1)

begun = time.perf_counter()
[predicted] = session.run(["minutes"], inputs)
seconds = time.perf_counter() - begun
if inputs:
    assert predicted.shape == (len(minutes), 1), predicted.shape
else:
    assert predicted.shape == (1, 1), predicted.shape
assert np.isfinite(predicted).all()
difference = np.abs(predicted.ravel() - minutes) / np.maximum(1.0, np.abs(minutes))
ends = rows.get("intervals", {})
names = [output.name for output in session.get_outputs()]
assert names[0] == "minutes" and sorted(names[1:]) == sorted(ends), names
of_ends = 0.0
for name, expected in ends.items():
    [found] = session.run([name], inputs)
    expected = np.array(expected)
    assert np.isfinite(found).all() and len(found.ravel()) in (1, len(expected)), name
    of_ends = max(of_ends, float((np.abs(found.ravel() - expected) / np.maximum(1.0, np.abs(expected))).max()))
print(json.dumps({
    "rows": len(minutes),
    "distinct": len(np.unique(minutes)),
    "largest_difference": float(difference.max()),
    "largest_difference_of_ends": of_ends,
    "predicted": predicted.ravel().tolist(),
    "seconds": seconds,
    "checked": checked,
    "metadata": session.get_modelmeta().custom_metadata_map,
}))
