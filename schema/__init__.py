"""What clients see: types, inputs, payloads and guards. What a field means is decided in `resolvers`."""
