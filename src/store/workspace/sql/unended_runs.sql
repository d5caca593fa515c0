SELECT id FROM runs WHERE status = 'running';
