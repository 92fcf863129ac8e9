// C = A B, one element a place, added up from the first product to the last.
@group(0) @binding(0) var<storage, read> settings: array<u32, 4>; // side
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> c: array<f32>;

@compute @workgroup_size(16, 16)
fn main(@builtin(global_invocation_id) place: vec3u) {
    let n = settings[0];
    if place.x >= n || place.y >= n {
        return;
    }
    var sum = 0.0;
    for (var k = 0u; k < n; k++) {
        sum += a[place.y * n + k] * b[k * n + place.x];
    }
    c[place.y * n + place.x] = sum;
}
