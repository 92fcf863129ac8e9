// Iterations until each point escapes.
@group(0) @binding(0) var<storage, read> settings: array<u32, 4>; // width, rows, most iterations
@group(0) @binding(1) var<storage, read> across: array<f32>;
@group(0) @binding(2) var<storage, read> down: array<f32>;
@group(0) @binding(3) var<storage, read_write> counts: array<f32>;

@compute @workgroup_size(16, 16)
fn main(@builtin(global_invocation_id) place: vec3u) {
    if place.x >= settings[0] || place.y >= settings[1] {
        return;
    }
    let re = across[place.x];
    let im = down[place.y];
    var x = 0.0;
    var y = 0.0;
    var count = 0u;
    while count < settings[2] {
        let xx = x * x;
        let yy = y * y;
        if xx + yy > 256.0 {
            break;
        }
        y = (x + x) * y + im;
        x = xx - yy + re;
        count++;
    }
    counts[place.y * settings[0] + place.x] = f32(count);
}
