// Where each body is one step of time later; only those of its cluster pull it.
@group(0) @binding(0) var<storage, read> settings: array<u32, 4>; // bodies, bodies a cluster, bits of softening and time step
@group(0) @binding(1) var<storage, read> bodies: array<vec4f>; // position, mass
@group(0) @binding(2) var<storage, read_write> later: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) place: vec3u) {
    if place.x >= settings[0] {
        return;
    }
    let cluster = settings[1];
    let softening = bitcast<f32>(settings[2]);
    let dt = bitcast<f32>(settings[3]);
    let at = bodies[place.x].xyz;
    let first = place.x / cluster * cluster;
    var pull = vec3f(0.0);
    for (var other = first; other < first + cluster; other++) {
        let body = bodies[other];
        let d = body.xyz - at;
        let square = d.x * d.x + d.y * d.y + d.z * d.z + softening;
        pull += d * (body.w / (square * sqrt(square)));
    }
    // It begins turning about the axis of its cluster.
    let speed = vec3f(-at.y, at.x, 0.0);
    later[place.x] = vec4f(at + (speed + pull * dt) * dt, 0.0);
}
