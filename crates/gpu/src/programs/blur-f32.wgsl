// Weighted mean of the pixels around each.
@group(0) @binding(0) var<storage, read> settings: array<u32, 4>; // width, rows, side of the window
@group(0) @binding(1) var<storage, read> pixels: array<f32>; // with what lies around the picture
@group(0) @binding(2) var<storage, read> weights: array<f32>;
@group(0) @binding(3) var<storage, read_write> soft: array<f32>;

@compute @workgroup_size(16, 16)
fn main(@builtin(global_invocation_id) place: vec3u) {
    if place.x >= settings[0] || place.y >= settings[1] {
        return;
    }
    let side = settings[2];
    let wide = settings[0] + side - 1u;
    var sum = 0.0;
    for (var y = 0u; y < side; y++) {
        for (var x = 0u; x < side; x++) {
            sum += pixels[(place.y + y) * wide + place.x + x] * weights[y * side + x];
        }
    }
    soft[place.y * settings[0] + place.x] = sum;
}
